"""A reader of requests: bytes go in, whole requests come out; llhttp, by httptools, parses them."""

from collections import deque
from collections.abc import Callable
from http import HTTPStatus

import httptools

from rollcall.webserver.limits import Limits
from rollcall.webserver.requests import Request, RequestRefused

UNENCODED = "Encode the address: what is not ASCII is written with %, as %C3%A9 for é."
FRAMING = 64 * 1024  # bytes around the pieces of a body that comes in chunks


class Reader:
    """A reader of the requests of one connection.

    `complete` has the requests read so far. Once `is_last`, no more are read: the client wants to
    close, sent too many at once, or was refused. `largest_body` says how many bytes the body for
    a path may have.
    """

    def __init__(self, limits: Limits, largest_body: Callable[[str], int]) -> None:
        self.complete: deque[Request] = deque()
        self.is_last = False
        self._limits, self._largest_body = limits, largest_body
        self._parser = httptools.HttpRequestParser(self)
        self._incoming: Request | None = None
        self._largest = 0  # bytes that the body may have
        self._read = 0  # bytes since the headers, or the body, began in an earlier piece

    @property
    def has_begun(self) -> bool:
        """True if a part of a request has arrived."""
        return self._incoming is not None

    @property
    def is_in_body(self) -> bool:
        """True if the headers of a request have arrived, and its body has not."""
        return self._incoming is not None and self._incoming.is_headed

    @property
    def is_in_upload(self) -> bool:
        """True if the body that is being read was announced as a large one."""
        length = self._incoming.length if self._incoming else None
        return self.is_in_body and (length or 0) > self._limits.large

    def take_expectation(self) -> bool:
        """Return True, once, if the client waits for permission to send the body."""
        if not self.is_in_body or self._incoming is None or self._incoming.body.tell():
            return False
        expects, self._incoming.expects = self._incoming.expects, False
        return expects

    def feed(self, data: bytes) -> None:
        """Read bytes. Raises RequestRefused, after which nothing more is read."""
        if self.is_last:
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
            self._check_size()
        except httptools.HttpParserUpgrade:
            self.is_last = True  # we stay with HTTP/1.1, but the parser has left it
        except httptools.HttpParserError as error:
            if self.is_last:
                return
            self.is_last = True
            if isinstance(error, httptools.HttpParserInvalidURLError):
                raise RequestRefused(HTTPStatus.BAD_REQUEST, UNENCODED) from None
            if not isinstance(error, httptools.HttpParserCallbackError):
                raise RequestRefused(HTTPStatus.BAD_REQUEST, "This is no HTTP request.") from None
            raise error.__context__ or error from None
        except RequestRefused:
            self.is_last = True
            raise

    def close(self) -> None:
        """Drop the requests that are not answered."""
        self.is_last = True
        for request in filter(None, (*self.complete, self._incoming)):
            request.close()
        self.complete.clear()
        self._incoming = None

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self.is_last:
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "This is not read any more.")
        self._incoming, self._read = Request(), 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        if self._incoming:
            self._incoming.add_target(url)
            self._check_head(self._incoming)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Those behind the body do not count: they are not checked."""
        if self._incoming and not self._incoming.is_headed:
            self._incoming.add_header(name, value)
            self._check_head(self._incoming)

    def on_headers_complete(self) -> None:
        """Refuse a body that is announced too large."""
        request = self._incoming
        if request is None:
            return
        request.complete_headers(
            self._parser.get_method(),
            self._parser.get_http_version(),
            keeps=self._parser.should_keep_alive(),
        )
        self._read = 0
        self._largest = self._largest_body(request.path)
        if self._parser.should_upgrade() and request.has_body:
            # The parser would take the body for another protocol's.
            raise RequestRefused(
                HTTPStatus.BAD_REQUEST, "Send a body without asking for an upgrade."
            )
        if request.length and request.length > self._largest:
            raise self._too_large()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if self._incoming:
            if self._incoming.body.tell() + len(body) > self._largest:
                raise self._too_large()
            try:
                self._incoming.add_body(body, self._limits.large)
            except OSError as error:  # the disk is full
                reason = f"There is no room for the body ({error.strerror}); try again."
                raise RequestRefused(HTTPStatus.INSUFFICIENT_STORAGE, reason) from None

    def on_message_complete(self) -> None:
        """Add to those that are complete."""
        if self._incoming:
            self.complete.append(self._incoming)
            is_many = len(self.complete) >= self._limits.pipelined
            self.is_last = is_many or not self._incoming.keeps
            self._incoming, self._read = None, 0

    def _check_head(self, request: Request) -> None:
        if request.head_size > self._limits.head:
            raise self._too_many_headers()

    def _check_size(self) -> None:
        """Refuse what the parser keeps to itself: a header, or a frame of chunks, without end."""
        if self.is_in_body:
            if self._read > 2 * self._largest + FRAMING:
                raise self._too_large()
        elif self._read > self._limits.head:
            raise self._too_many_headers()

    def _too_many_headers(self) -> RequestRefused:
        return RequestRefused(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"The headers have more than {self._limits.head:,} bytes.",
        )

    def _too_large(self) -> RequestRefused:
        return RequestRefused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The body has more than the {self._largest:,} bytes that are read here.",
        )
