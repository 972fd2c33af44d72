"""A git server over http: git's own `http-backend`, behind a user and a password."""

import base64
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

USER, TOKEN = "robot", "t0ken/with:signs"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


class GitServer:
    """A server of the repositories in `folder` for clients with `TOKEN`; it may be changed."""

    def __init__(self, folder: Path) -> None:
        self.token = TOKEN
        self.asked: list[str] = []
        self._folder = folder
        self._server = make_server(
            "127.0.0.1", 0, self._answer, server_class=_Server, handler_class=_Quiet
        )
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        self.asked.append(request["PATH_INFO"])
        length = int(request.get("CONTENT_LENGTH") or 0)
        body = _chunks(request["wsgi.input"]) if _is_chunked(request) else _read(request, length)
        pair = base64.b64encode(f"{USER}:{self.token}".encode()).decode()
        if request.get("HTTP_AUTHORIZATION") != f"Basic {pair}":
            start("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="git"')])
            return [b""]
        head, _, content = self._backend(request, body).partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        start(headers.pop("Status", "200 OK"), list(headers.items()))
        return [content]

    def _backend(self, request: "WSGIEnvironment", body: bytes) -> bytes:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self._folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "REMOTE_USER": USER,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "GIT_PROTOCOL": request.get("HTTP_GIT_PROTOCOL", ""),
            "HTTP_CONTENT_ENCODING": request.get("HTTP_CONTENT_ENCODING", ""),
            **{name: request.get(name, "") for name in ("PATH_INFO", "QUERY_STRING")},
            **{name: request.get(name, "") for name in ("REQUEST_METHOD", "CONTENT_TYPE")},
        }
        command = ["git", "http-backend"]
        return subprocess.run(
            command, env=environment, input=body, stdout=subprocess.PIPE, check=True
        ).stdout


def _is_chunked(request: "WSGIEnvironment") -> bool:
    return "chunked" in str(request.get("HTTP_TRANSFER_ENCODING", "")).lower()


def _read(request: "WSGIEnvironment", length: int) -> bytes:
    return cast(IO[bytes], request["wsgi.input"]).read(length)


def _chunks(stream: IO[bytes]) -> bytes:
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    return body
