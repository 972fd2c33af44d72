"""A connection to an S3 server that threads share, with timeouts for all requests."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import BoundedSemaphore, Thread, local
from typing import Any, TypeVar

from boto3.session import Session
from botocore.config import Config
from botocore.handlers import add_expect_header

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.s3.errors import is_of_keys, passes, refusals

MAX_REQUESTS = 64  # requests at a time: what ROLLCALL_THREADS can be
# A line's end in one of them, as Windows ends lines, would look like a server without an answer.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL",
)  # fmt: skip
_CONFIG = {
    "connect_timeout": 2,
    "max_pool_connections": MAX_REQUESTS,
    "retries": {"total_max_attempts": 1},  # our own retries know what a lost answer means
    # Newer defaults that many other servers than Amazon's do not understand.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

Client = Any  # boto3 makes its methods at run time
Value = TypeVar("Value")
Work = Callable[[Client, bool], Value]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts for an S3 server, in seconds; a technician waits at the Mac.

    `answer` is for one answer, or a part of it; `request` for a request and its repetitions, with
    `pauses` before these; `held` for the lock of a manifest, and for all requests under it. The
    latter two hold even for an answer that comes a few bytes at a time. `keys`: a client
    without keys, or with keys that the server refuses, is opened again so long after the last time.
    """

    answer: float = 2.0
    request: float = 5.0
    pauses: Sequence[float] = (0.1, 0.3, 0.6, 1.2)
    held: float = 8.0
    keys: float = 10.0


TIMEOUTS = Timeouts()


class _Thread(local):
    """A thread for requests: it may send them `until` this moment of the monotonic clock."""

    until = math.inf


_thread = _Thread()


class Clients:
    """Clients of the S3 server that AWS's environment variables name, one for each process.

    Threads share one; a forked process must not inherit its connections, so it opens its own.
    """

    def __init__(self, timeouts: Timeouts = TIMEOUTS) -> None:
        self._timeouts = timeouts
        self._opened: dict[int, tuple[Client, float]] = {}  # since when

    def here(self) -> Client:
        """Return the client of this process; it is opened at the first call."""
        opened = self._opened.get(os.getpid())
        if opened is None:
            fresh = _client(self._timeouts.answer), time.monotonic()
            opened = self._opened.setdefault(os.getpid(), fresh)
        return opened[0]

    def renew(self, client: Client) -> bool:
        """Have the next call look for keys again; a client keeps those of its first moment.

        So a role that comes after the process is seen, and a file that another program renews.
        Returns False where those of this `client` are too new for that.
        """
        current, since = self._opened.get(os.getpid(), (None, 0.0))
        if current is client:
            if time.monotonic() - since < self._timeouts.keys:
                return False
            self._opened.pop(os.getpid(), None)
        return True


class BucketConnection:
    """A connection to one bucket, opened at the first request."""

    def __init__(self, bucket: str, timeouts: Timeouts, clients: Clients) -> None:
        self._bucket, self._timeouts, self._clients = bucket, timeouts, clients
        self._mine = local()
        self._free = BoundedSemaphore(MAX_REQUESTS)

    def ask(self, work: Work[Value]) -> Value:
        """Return the result of `work`, which gets a client, and is retried after passing errors.

        Its second argument is True where an earlier attempt may have succeeded without an answer.
        Raises RepoUnusable, after the timeouts at the latest, and our own errors of `work`.
        """
        with refusals(self._bucket):
            until = time.monotonic() + self._timeouts.request
            until = min(until, getattr(self._mine, "until", until))
            pauses = self._timeouts.pauses
            # Opening a client asks for credentials, which may hang as well.
            return self._in_time(lambda: _patiently(self._clients, work, pauses, until), until)

    def _in_time(self, work: Callable[[], Value], until: float) -> Value:
        """Return the result of `work`, which runs in a thread that can be abandoned at once.

        A socket's timeout holds for each read, so it never ends an answer of single bytes. An
        abandoned thread sends no more requests (`check_time`), and stops between two pieces of an
        object; otherwise it counts among the MAX_REQUESTS until the server ends its answer.
        """
        if not self._free.acquire(timeout=max(0.0, until - time.monotonic())):
            raise TimeoutError
        future: Future[Value] = Future()

        def run() -> None:
            _thread.until = until
            try:
                settle = partial(future.set_result, work())
            except BaseException as error:
                settle = partial(future.set_exception, error)
            self._free.release()  # first: a thread that waits for it may fork, with its lock free
            settle()

        try:
            Thread(target=run, name="bucket", daemon=True).start()
        except RuntimeError as error:  # the machine has no thread more
            self._free.release()
            raise TimeoutError from error
        return future.result(max(0.0, until - time.monotonic()))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """A context in which all requests of this thread together take `seconds` at most."""
        self._mine.until = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._mine.until


def check_time(**_: object) -> None:
    """Raise TimeoutError where this thread was abandoned."""
    if time.monotonic() >= _thread.until:
        raise TimeoutError


def _client(answer: float) -> Client:
    """A client with a session of its own: threads cannot share sessions. Raises RepoUnusable."""
    for name in _VARIABLES:
        if not os.environ.get(name, "").isprintable():
            raise RepoUnusable(f"{name} has a line's end or another control character in it")
    # Containers on Amazon's machines have AWS_REGION, which boto3 does not read.
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    config = Config(**_CONFIG, read_timeout=answer)
    try:
        client = Session().client("s3", region_name=region or None, config=config)
    except ValueError as error:  # its text may have a password
        raise RepoUnusable(
            "a variable AWS_… has a value that cannot be; AWS_ENDPOINT_URL begins with https://"
        ) from error
    # A manifest is sent at once: “Expect: 100-continue” costs a round trip, and a second where the
    # server does not answer it.
    client.meta.events.unregister("before-call.s3", add_expect_header)
    client.meta.events.register("before-send.s3", check_time)
    return client


def _patiently(clients: Clients, work: Work[Value], pauses: Sequence[float], until: float) -> Value:
    for attempt, pause in enumerate([0.0, *pauses]):
        if time.monotonic() + pause >= until:
            raise TimeoutError
        time.sleep(pause)
        client = clients.here()
        try:
            return work(client, attempt > 0)
        except Exception as error:
            is_renewed = is_of_keys(error) and clients.renew(client)
            if attempt == len(pauses) or not (passes(error) or is_renewed):
                raise
    raise AssertionError("there is always a first attempt")
