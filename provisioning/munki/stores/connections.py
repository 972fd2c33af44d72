"""A connection to an S3 server that threads share, with patience that ends."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import Any, TypeVar

from aiobotocore.session import AioSession
from botocore.handlers import add_expect_header
from fsspec.asyn import sync
from fsspec.exceptions import FSTimeoutError
from s3fs import S3FileSystem

from provisioning.munki.stores.refusals import passes, refusals

_CONFIG = {
    "connect_timeout": 2,
    "max_pool_connections": 64,  # what ROLLCALL_THREADS can be
    "retries": {"total_max_attempts": 1},  # ours know what an unheard answer means
    # Newer defaults that many other servers than Amazon's do not understand.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

Client = Any  # aiobotocore makes its methods at run time
Value = TypeVar("Value")
Work = Callable[[Client, bool], Awaitable[Value]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds an S3 server is waited for; a technician waits at the Mac.

    For one `answer`; for a `request` and its repetitions, before which there are `pauses`; for all
    requests while a manifest is `held`, and until it is.
    """

    answer: float = 2.0
    request: float = 5.0
    pauses: Sequence[float] = (0.1, 0.3, 0.6, 1.2)
    held: float = 8.0


PATIENCE = Patience()


class Clients:
    """Clients of the S3 server that AWS's environment variables name; opened when they are needed.

    s3fs keeps connections and a thread, which no process may inherit: each opens its own.
    """

    def __init__(self, patience: Patience = PATIENCE) -> None:
        self._answer = patience.answer
        self._opened: dict[int, S3FileSystem] = {}

    def here(self) -> S3FileSystem:
        """Return this process's."""
        found = self._opened.get(os.getpid())
        if found is None:
            found = self._opened.setdefault(os.getpid(), _filesystem(self._answer))
        return found


class Connection:
    """Asks the S3 server about a bucket. Nothing is opened before that."""

    def __init__(self, bucket: str, patience: Patience, clients: Clients) -> None:
        self._bucket, self._patience, self._clients = bucket, patience, clients
        self._mine = local()

    def ask(self, work: Work[Value]) -> Value:
        """Return what `work` returns, which is given a client, and done again where that may help.

        It is told whether an earlier attempt may have been done although nobody heard so. Raises
        RepoUnusable, once patience ends at the latest, and what `work` raises of ours.
        """
        clients, pauses = self._clients.here(), self._patience.pauses
        with refusals(self._bucket):
            until = getattr(self._mine, "until", float("inf"))
            left = min(self._patience.request, until - time.monotonic())
            if left <= 0:
                raise FSTimeoutError
            value: Value = sync(clients.loop, _patiently, clients, work, pauses, timeout=left)
        return value

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all that this thread asks meanwhile no more than so long together."""
        self._mine.until = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._mine.until


def _filesystem(answer: float) -> S3FileSystem:
    """An s3fs that remembers nothing of the bucket."""
    # Containers on Amazon's machines are told AWS_REGION, which botocore does not look at.
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    session = AioSession()
    # A manifest is sent at once. Whoever waits to be told to go on waits for ever where nobody
    # says so, and also where it is said twice: aiohttp then forgets its timeout.
    session.unregister("before-call.s3", add_expect_header)
    return S3FileSystem(
        session=session,
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={**_CONFIG, "read_timeout": answer},
        client_kwargs={"region_name": region} if region else {},
    )


async def _patiently(filesystem: S3FileSystem, work: Work[Value], pauses: Sequence[float]) -> Value:
    client = await filesystem.set_session()
    for attempt, pause in enumerate(pauses):
        try:
            return await work(client, attempt > 0)
        except Exception as error:
            if not passes(error):
                raise
        await asyncio.sleep(pause)
    return await work(client, True)
