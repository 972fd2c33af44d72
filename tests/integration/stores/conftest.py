"""An S3 server for all tests of stores, and a bucket for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.munki.stores.buckets import BucketStore
from tests.support import s3
from tests.support.s3 import Bucket, S3Server


@pytest.fixture(scope="session")
def s3_process() -> Iterator[S3Server]:
    """A server in a process of its own."""
    with s3.running() as server:
        yield server


@pytest.fixture
def s3_server(s3_process: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server that nothing is wrong with, and the environment that leads there."""
    for name, value in s3_process.environment.items():
        monkeypatch.setenv(name, value)
    yield s3_process
    s3_process.heal()


@pytest.fixture
def bucket(s3_server: S3Server, repo_folder: Path) -> Bucket:
    """A bucket with a sample repo."""
    return s3_server.bucket(repo_folder)


@pytest.fixture
def bucket_store(bucket: Bucket) -> BucketStore:
    """What Rollcall makes of it."""
    return BucketStore(bucket.place)
