"""A connection to an S3 server that threads share, with patience that ends."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore, Thread, local
from typing import Any, TypeVar

from boto3.session import Session
from botocore.config import Config
from botocore.handlers import add_expect_header

from provisioning.munki.storage.s3.errors import passes, refusals

MOST = 64  # requests at a time: what ROLLCALL_THREADS can be
_CONFIG = {
    "connect_timeout": 2,
    "max_pool_connections": MOST,
    "retries": {"total_max_attempts": 1},  # ours know what an unheard answer means
    # Newer defaults that many other servers than Amazon's do not understand.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

Client = Any  # boto3 makes its methods at run time
Value = TypeVar("Value")
Work = Callable[[Client, bool], Value]


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits on waiting for an S3 server, in seconds; a technician waits at the Mac.

    For one `answer`, or a part of it; for a `request` and its repetitions, before which there are
    `pauses`; for all requests while a manifest is `held`, and until it is. Nobody waits longer than
    the latter two, not even for an answer that comes a few bytes at a time.
    """

    answer: float = 2.0
    request: float = 5.0
    pauses: Sequence[float] = (0.1, 0.3, 0.6, 1.2)
    held: float = 8.0


PATIENCE = Patience()


class _Thread(local):
    """A thread that asks: it may send requests `until` this moment of the monotonic clock."""

    until = math.inf


_thread = _Thread()


class Clients:
    """Clients of the S3 server that AWS's environment variables name; opened when they are needed.

    Threads share one; no process may inherit its connections: each opens its own.
    """

    def __init__(self, patience: Patience = PATIENCE) -> None:
        self._answer = patience.answer
        self._opened: dict[int, Client] = {}

    def here(self) -> Client:
        """Return this process's."""
        found = self._opened.get(os.getpid())
        if found is None:
            found = self._opened.setdefault(os.getpid(), _client(self._answer))
        return found


class Connection:
    """Asks the S3 server about a bucket. Nothing is opened before that."""

    def __init__(self, bucket: str, patience: Patience, clients: Clients) -> None:
        self._bucket, self._patience, self._clients = bucket, patience, clients
        self._mine = local()
        self._free = BoundedSemaphore(MOST)

    def ask(self, work: Work[Value]) -> Value:
        """Return what `work` returns, which is given a client, and done again where that may help.

        It is told whether an earlier attempt may have been done although nobody heard so. Raises
        RepoUnusable, once patience ends at the latest, and what `work` raises of ours.
        """
        with refusals(self._bucket):
            until = time.monotonic() + self._patience.request
            until = min(until, getattr(self._mine, "until", until))
            pauses = self._patience.pauses
            # Opening a client asks for credentials, which may hang as well.
            return self._in_time(
                lambda: _patiently(self._clients.here(), work, pauses, until), until
            )

    def _in_time(self, work: Callable[[], Value], until: float) -> Value:
        """Return what `work` returns, which runs in a thread that can be left at once.

        A socket's timeout is one of each read, so no number of them ends an answer that trickles.
        A thread that is left sends no request more (`check_time`), and gives up between two pieces
        of an object; it is one of MOST until the server ends what it sends otherwise.
        """
        if not self._free.acquire(timeout=max(0.0, until - time.monotonic())):
            raise TimeoutError
        future: Future[Value] = Future()

        def run() -> None:
            _thread.until = until
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            finally:
                self._free.release()

        try:
            Thread(target=run, name="bucket", daemon=True).start()
        except RuntimeError as error:  # the machine has no thread more
            self._free.release()
            raise TimeoutError from error
        return future.result(max(0.0, until - time.monotonic()))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all that this thread asks meanwhile no more than so long together."""
        self._mine.until = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._mine.until


def check_time(**_: object) -> None:
    """Raise TimeoutError where nobody waits any more for what this thread does."""
    if time.monotonic() >= _thread.until:
        raise TimeoutError


def _client(answer: float) -> Client:
    """A client of a session of its own: sessions are not for several threads."""
    # Containers on Amazon's machines are told AWS_REGION, which boto3 does not look at.
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    config = Config(**_CONFIG, read_timeout=answer)
    client = Session().client("s3", region_name=region or None, config=config)
    # A manifest is sent at once: to wait until one is told to go on costs a round trip, and a
    # second where nobody says so.
    client.meta.events.unregister("before-call.s3", add_expect_header)
    client.meta.events.register("before-send.s3", check_time)
    return client


def _patiently(client: Client, work: Work[Value], pauses: Sequence[float], until: float) -> Value:
    for attempt, pause in enumerate([0.0, *pauses]):
        if time.monotonic() + pause >= until:
            raise TimeoutError
        time.sleep(pause)
        try:
            return work(client, attempt > 0)
        except Exception as error:
            if attempt == len(pauses) or not passes(error):
                raise
    raise AssertionError("there is always a first attempt")
