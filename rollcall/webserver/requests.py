"""A request as it comes over the wire, and the WSGI environment that is made of it."""

import io
from functools import lru_cache
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

VERSIONS = ("1.1", "1.0")
_MARKS = 4  # bytes beside a header's name and value


class RequestRefused(Exception):
    """A request that is not read to its end: a status, and a sentence that says why."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Request:
    """A request, filled while it is read.

    `body` is written to as it comes, and is a file once it is large; `length` is that of the body,
    in bytes, None where the client did not say; `head_size` the bytes of its target and headers;
    `keeps` says whether the client keeps the connection, `expects` whether it waits to be told to
    send the body.
    """

    __slots__ = (
        *("body", "expects", "head_size", "headers", "keeps", "length"),
        *("method", "path", "query", "target", "version", "_is_chunked"),
    )

    def __init__(self) -> None:
        self.target = b""
        self.headers: dict[str, str] = {}
        self.head_size = 0
        self.body: IO[bytes] = io.BytesIO()
        self.length: int | None = None
        self.expects = self.keeps = self._is_chunked = False
        self.method = self.version = self.path = self.query = ""

    @property
    def is_headed(self) -> bool:
        """True if the headers are complete."""
        return bool(self.method)

    @property
    def has_body(self) -> bool:
        """True if the headers announce a body."""
        return bool(self.length) or self._is_chunked

    def add_target(self, piece: bytes) -> None:
        """Add a piece of the target."""
        self.target += piece
        self.head_size += len(piece)

    def add_header(self, name: bytes, value: bytes) -> None:
        """Add a header. Repeated ones are joined, as WSGI has one value for a name.

        Raises RequestRefused for a second Host: a proxy may have gone by the other one.
        """
        self.head_size += len(name) + len(value) + _MARKS
        match key := _key(name):
            case None:
                return
            case "CONTENT_LENGTH":
                # The parser has seen that it is one number; Python reads no thousands of zeros.
                self.length = int(value.lstrip(b"0") or b"0")
            case "HTTP_TRANSFER_ENCODING":
                self._is_chunked = True
            case "HTTP_EXPECT":
                self.expects = value.lower() == b"100-continue"
            case _:
                text = value.decode("latin-1")
                if key in self.headers:
                    if key == "HTTP_HOST":
                        raise RequestRefused(HTTPStatus.BAD_REQUEST, "Name one host alone.")
                    text = f"{self.headers[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
                self.headers[key] = text

    def complete_headers(self, method: bytes, version: str, *, keeps: bool) -> None:
        """Store the parser's facts, once the headers are complete. Raises RequestRefused."""
        if version not in VERSIONS:
            raise RequestRefused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here.")
        if version == "1.1" and "HTTP_HOST" not in self.headers:
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "Name the host, in the header Host.")
        self.path, self.query = _split(self.target.decode("latin-1"))
        self.method, self.version = method.decode("ascii"), version
        # An old client does not expect a connection to be kept unless it is told so.
        self.keeps = keeps and version == "1.1"
        self.expects = self.expects and version == "1.1"

    def add_body(self, piece: bytes, limit: int) -> None:
        """Add a piece of the body; one of more than `limit` bytes is in an unnamed file.

        Raises OSError where there is no room for that.
        """
        if isinstance(self.body, io.BytesIO) and self.body.tell() + len(piece) > limit:
            file = TemporaryFile()  # noqa: SIM115 - `close` does
            file.write(self.body.getbuffer())
            self.body = file
        self.body.write(piece)

    def close(self) -> None:
        """Drop the body."""
        self.body.close()

    def environ(self, base: "WSGIEnvironment", address: str) -> "WSGIEnvironment":
        """The WSGI environment: `base`, which all requests share, and the values of this one."""
        environ = base | self.headers
        environ["REQUEST_METHOD"] = self.method
        environ["PATH_INFO"] = unquote_to_bytes(self.path).decode("latin-1")
        environ["QUERY_STRING"] = self.query
        environ["SERVER_PROTOCOL"] = f"HTTP/{self.version}"
        environ["REMOTE_ADDR"] = address
        if self.length is not None or self._is_chunked:
            environ["CONTENT_LENGTH"] = str(self.body.tell())
        self.body.seek(0)
        environ["wsgi.input"] = self.body
        return environ


def _split(target: str) -> tuple[str, str]:
    """Return the path of a target, still encoded, and its query. Raises RequestRefused."""
    if target.startswith("/"):
        path, _, query = target.partition("#")[0].partition("?")
        return path, query
    try:
        parts = urlsplit(target)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https"):
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "Ask for a path that begins with a slash.")
    return parts.path or "/", parts.query


@lru_cache(maxsize=512)
def _key(name: bytes) -> str | None:
    """The name that WSGI has for a header; None for one that is left out.

    A name with an underscore would pass for the one with a hyphen, which a proxy has checked.
    """
    if b"_" in name:
        return None
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
