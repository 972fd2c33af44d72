"""E-mail: what Slack's channels are told, for those who read mail; a transport of the outbox.

`gathering` copies what is of interest from Slack's queue, `audience` says for whom, `drawing` makes
mails of it, and `transport` sends them.
"""
