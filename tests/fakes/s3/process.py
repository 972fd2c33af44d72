"""An S3 server as a process: moto's, with the faults that it is told to have.

`python tests/fakes/s3/process.py PORT`. `POST /-/faults` takes a JSON list of faults, `POST
/-/buckets/NAME` a JSON object of what is to be in a new bucket, as Latin-1, `GET /-/requests` gives
the requests since it was asked last.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")


class Faulty:
    """moto behind one door: a request at a time, so that what it compares is what it changes."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._alone = threading.Lock()
        self._faults: list[dict[str, Any]] = []
        self._seen: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer, or do not."""
        path = environ["PATH_INFO"]
        if path == "/-/faults":
            self._faults = _told(environ)
            return _answer(start, "200 OK", b"")
        if path.startswith("/-/buckets/"):
            _fill(path.removeprefix("/-/buckets/"), _told(environ))
            return _answer(start, "200 OK", b"")
        if path == "/-/requests":
            seen, self._seen = self._seen, []
            return _answer(start, "200 OK", json.dumps(seen).encode())
        expecting = f", expecting {environ['HTTP_EXPECT']}" if "HTTP_EXPECT" in environ else ""
        self._seen.append(f"{environ['REQUEST_METHOD']} {path}{expecting}")
        return self._broken(environ, start, next(self._due(environ), {}))

    def _broken(
        self, environ: WSGIEnvironment, start: StartResponse, fault: dict[str, Any]
    ) -> Iterable[bytes]:
        if fault.get("deaf"):
            for condition in CONDITIONS:
                environ.pop(condition, None)
        if "page" in fault:
            environ["QUERY_STRING"] += f"&max-keys={fault['page']}"
        if fault.get("unheard"):
            with self._alone:
                list(self._application(environ, lambda *_: lambda _: None))
        time.sleep(fault.get("seconds", 0))
        if "status" in fault or fault.get("unheard"):
            code, status = fault.get("code", "InternalError"), fault.get("status", 500)
            body = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
            if environ["REQUEST_METHOD"] == "HEAD":  # what follows one is the next answer
                body = ""
            return _answer(start, f"{status} No", body.encode())
        with self._alone:
            if "trickle" not in fault and "cut" not in fault:
                return list(self._application(environ, start))
            whole = b"".join(self._application(environ, start))
        return _dripping(whole, fault["trickle"]) if "trickle" in fault else [whole[:-1]]

    def _due(self, environ: WSGIEnvironment) -> Iterator[dict[str, Any]]:
        for fault in list(self._faults):
            if environ["REQUEST_METHOD"] not in fault["methods"]:
                continue
            if fault.get("conditional") and not any(map(environ.get, CONDITIONS)):
                continue
            fault["times"] -= 1
            if fault["times"] <= 0:
                self._faults.remove(fault)
            yield fault


def _dripping(body: bytes, pause: float) -> Iterator[bytes]:
    for byte in body:
        time.sleep(pause)
        yield bytes([byte])


def _told(environ: WSGIEnvironment) -> Any:
    return json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))


def _fill(name: str, objects: dict[str, str]) -> None:
    """Make a bucket without a request for each object."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.create_bucket(name, "us-east-1")
    for key, content in objects.items():
        backend.put_object(name, key, content.encode("latin-1"))


def _answer(start: StartResponse, status: str, body: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    moto = DomainDispatcherApplication(create_backend_app)
    make_server(
        "127.0.0.1",
        int(sys.argv[1]),
        Faulty(moto),
        threaded=True,
        request_handler=MotoRequestHandler,
    ).serve_forever()
