"""A bucket that is in use."""

import pytest

from provisioning.munki.storage.s3.client import Clients, Timeouts
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket
from tests.provisioning.munki.storage.conftest import patient


@pytest.fixture
def warm(bucket: Bucket, bucket_store: BucketStore) -> BucketStore:
    """A store that has been used before anything happens."""
    bucket_store.check()
    return bucket_store


@pytest.fixture
def hasty(bucket: Bucket) -> Clients:
    """Clients that wait half a second for an answer, and have been used."""
    clients = Clients(Timeouts(answer=0.5))
    patient(bucket, clients).check()
    return clients
