"""A connection to an S3 server that threads share, with patience that ends."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any, TypeVar

from fsspec.asyn import sync
from fsspec.exceptions import FSTimeoutError
from s3fs import S3FileSystem

from provisioning.munki.stores.refusals import passes, refusals

PAUSES = (0.1, 0.3, 0.6, 1.2)  # seconds before a request is made again
_CONFIG = {
    "connect_timeout": 2,
    "read_timeout": 2,
    "max_pool_connections": 64,  # what ROLLCALL_THREADS can be
    "retries": {"total_max_attempts": 1},  # ours know what an unheard answer means
    # Newer defaults that many other servers than Amazon's do not understand.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

Client = Any  # aiobotocore makes its methods at run time
Value = TypeVar("Value")
Work = Callable[[Client, bool], Awaitable[Value]]


class Connection:
    """Asks the S3 server that AWS's environment variables name. Nothing is opened before that.

    s3fs keeps connections and a thread, which no process may inherit: each opens its own.
    """

    def __init__(self, bucket: str, patience: float) -> None:
        self._bucket, self._patience = bucket, patience
        self._opened: dict[int, S3FileSystem] = {}
        self._mine = local()

    def ask(self, work: Work[Value]) -> Value:
        """Return what `work` returns, which is given a client, and done again where that may help.

        It is told whether an earlier attempt may have been done although nobody heard so. Raises
        RepoUnusable, after `patience` seconds at the latest, and what `work` raises of ours.
        """
        filesystem = self._filesystem()
        with refusals(self._bucket):
            left = min(
                self._patience, getattr(self._mine, "until", float("inf")) - time.monotonic()
            )
            if left <= 0:
                raise FSTimeoutError
            value: Value = sync(filesystem.loop, _patiently, filesystem, work, timeout=left)
        return value

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all that this thread asks meanwhile no more than so long together."""
        self._mine.until = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._mine.until

    def _filesystem(self) -> S3FileSystem:
        found = self._opened.get(os.getpid())
        if found is None:
            found = self._opened.setdefault(os.getpid(), _filesystem())
        return found


def _filesystem() -> S3FileSystem:
    """An s3fs that remembers nothing of the bucket."""
    # Containers on Amazon's machines are told AWS_REGION, which botocore does not look at.
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    return S3FileSystem(
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs=_CONFIG,
        client_kwargs={"region_name": region} if region else {},
    )


async def _patiently(filesystem: S3FileSystem, work: Work[Value]) -> Value:
    client = await filesystem.set_session()
    for attempt, pause in enumerate(PAUSES):
        try:
            return await work(client, attempt > 0)
        except Exception as error:
            if not passes(error):
                raise
        await asyncio.sleep(pause)
    return await work(client, True)
