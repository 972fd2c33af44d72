"""Changes of a bucket whose answer was lost, or that others overtook: made once, or refused."""

from typing import Any

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.storage import NOBODY, Overtaken, Stored
from provisioning.munki.storage.s3.client import Clients
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket, S3Server
from tests.provisioning.munki.storage.conftest import patient
from tests.provisioning.munki.storage.s3.complaints import LONG, MAC, NAME, complaint
from tests.support.acting import LONDON


@pytest.mark.parametrize("unheard", [{"status": 500, "code": "InternalError"}, {"seconds": 1}])
def test_a_change_whose_answer_was_lost_is_made_once(
    s3_server: S3Server, bucket: Bucket, hasty: Clients, unheard: dict[str, Any]
) -> None:
    store = patient(bucket, hasty)
    store.check()
    s3_server.fail(times=1, methods=("PUT",), unheard=True, **unheard)
    store.replace(NAME, b"ours", over=None, note=NOBODY)

    assert bucket.get(NAME) == b"ours"


def test_a_removal_whose_answer_was_lost_is_done(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    bucket.put(NAME, b"before")
    before = warm.read(NAME)
    assert before is not None
    s3_server.fail(times=1, methods=("DELETE",), unheard=True, status=500, code="InternalError")

    warm.remove(NAME, over=before, note=NOBODY)

    assert NAME not in bucket.listed()


def test_an_answer_that_was_lost_does_not_make_others_changes_ours(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    """The first attempt was not done, and before the second another process is first."""
    bucket.put(NAME, b"before")
    before = warm.read(NAME)
    bucket.put(NAME, b"theirs")
    s3_server.fail(times=1, methods=("PUT",), status=500, code="InternalError")

    with pytest.raises(Overtaken):
        warm.replace(NAME, b"ours", over=before, note=NOBODY)

    assert bucket.get(NAME) == b"theirs"


def test_whom_others_overtake_at_this_very_moment_tries_again(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    """Amazon's server answers 409 where two write at once."""
    s3_server.fail(times=2, methods=("PUT",), status=409, code="ConditionalRequestConflict")

    assert MunkiRepo(warm).now().assign(MAC, LONDON).changed
    assert b"sites/london" in bucket.get(NAME)


@pytest.mark.parametrize(
    "unable", [{"deaf": True}, {"conditional": True, "status": 501, "code": "NotImplemented"}]
)
def test_a_server_that_would_lose_changes_is_not_written_to(
    s3_server: S3Server, bucket: Bucket, bucket_store: BucketStore, unable: dict[str, Any]
) -> None:
    s3_server.fail(methods=("PUT",), **unable)
    bucket.put(NAME, b"theirs")
    said = "knows no If-Match and If-None-Match"

    assert said in complaint(bucket_store.check, within=LONG)
    over = Stored(b"", "anything")
    write = lambda: bucket_store.replace(NAME, b"ours", over=over, note=NOBODY)  # noqa: E731
    assert said in complaint(write, within=LONG)
    assert bucket.get(NAME) == b"theirs"

    s3_server.heal()  # the admin has updated it

    bucket_store.check()


def test_a_server_that_can_only_remove_without_a_condition_is_asked_what_is_there(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    bucket.put(NAME, b"before")
    before = warm.read(NAME)
    assert before is not None
    how: dict[str, Any] = {"conditional": True, "status": 501, "code": "NotImplemented"}
    s3_server.fail(methods=("DELETE",), **how)
    bucket.put(NAME, b"theirs")

    with pytest.raises(Overtaken):
        warm.remove(NAME, over=before, note=NOBODY)

    theirs = warm.read(NAME)
    assert theirs is not None
    warm.remove(NAME, over=theirs, note=NOBODY)
    assert NAME not in bucket.listed()
