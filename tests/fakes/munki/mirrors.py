"""A web server that shows a Munki repo to Macs, and a CDN that is late."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Web:
    """A web server of what is in `root` at `url`, which may be behind what is in the repo.

    `asked` are the requests it had; `authorization`, where set, is what it wants to be sent;
    `redirecting` has it send everybody somewhere else. `failing` are the statuses with which it
    answers some paths; 0 is no answer at all.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        self.authorization: str | None = None
        self.redirecting = False
        self.failing: dict[str, int] = {}
        self.url = ""

    def catch_up_with(self, repo: Path) -> None:
        """Show what is in `repo` now."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(repo, self.root)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: object, web: Web) -> None:
        self._web = web
        super().__init__(*arguments, directory=str(web.root))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self._is_admitted():
            super().do_GET()

    def do_HEAD(self) -> None:
        if self._is_admitted():
            super().do_HEAD()

    def _is_admitted(self) -> bool:
        self._web.asked.append(f"{self.command} {self.path}")
        if self._web.redirecting:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            return False
        if (status := self._web.failing.get(self.path)) is not None:
            self.close_connection = True
            if status:
                self.send_error(status)
            return False
        wanted = self._web.authorization
        if wanted and self.headers.get("Authorization") != wanted:
            self.send_error(401)
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        pass


@contextmanager
def web(root: Path) -> Iterator[Web]:
    """Serve `root` on loopback until the end."""
    shown = Web(root)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, web=shown)) as server:
        shown.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        try:
            yield shown
        finally:
            server.shutdown()
            thread.join()
