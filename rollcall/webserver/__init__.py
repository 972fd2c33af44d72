"""The web server: it reads whole requests without a thread, and has a WSGI application answer.

`processes` starts the workers. In each, an event loop (`workers`) has all connections
(`connections`), which know how long they may wait for their clients (`waiting`, `limits`). What
they have read (`reading`, `requests`) goes to a pool of threads, which call the application
(`answers`).
"""
