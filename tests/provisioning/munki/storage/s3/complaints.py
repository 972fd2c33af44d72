"""Complaints about a bucket that cannot be used."""

import time
from collections.abc import Callable

import pytest

from provisioning.munki.errors import RepoUnusable
from provisioning.values.serials import Serial
from tests.fakes.s3 import KEYS

MAC = Serial("C02ABC123DEF")
NAME = f"manifests/{MAC}"
LONG = 20  # seconds: far from what a busy machine takes, and from what waiting for S3 would


def complaint(work: Callable[[], object], within: float) -> str:
    """The message of the error about a repo: one line, soon, and without a key."""
    began = time.monotonic()
    with pytest.raises(RepoUnusable) as raised:
        work()
    assert time.monotonic() - began < within
    said = str(raised.value)
    assert "\n" not in said
    assert not [secret for secret in KEYS.values() if len(secret) > 12 and secret in said]
    return said
