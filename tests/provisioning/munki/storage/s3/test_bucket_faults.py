"""Faults of an S3 server (down, slow, strict, forgetful, of another owner), told in one line."""

import time
from datetime import UTC, datetime

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import MissingInclude, RepoUnusable
from provisioning.munki.storage import NOBODY
from provisioning.munki.storage.base import ChangeNote
from provisioning.munki.storage.s3.client import Clients, Timeouts
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket, S3Server
from tests.provisioning.munki.storage.s3.complaints import LONG, NAME, complaint
from tests.support.databases.postgres import free_port

SAID = {
    "AccessDenied": (403, "s3:GetObject, s3:PutObject"),
    "KMS.DisabledException": (400, "look at the key with which KMS"),
    "InvalidAccessKeyId": (403, "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    "SignatureDoesNotMatch": (403, "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    "ExpiredToken": (400, "the keys have expired"),
    "RequestTimeTooSkewed": (403, "clock is wrong"),
    "NoSuchBucket": (404, "look at MUNKI_REPO and AWS_ENDPOINT_URL"),
    "AuthorizationHeaderMalformed": (400, "set AWS_DEFAULT_REGION"),
    "SlowDown": (503, "too much to do"),
    "InternalError": (500, "Macs ask again"),
    "WhateverElse": (418, "S3 says WhateverElse"),
}


def test_whatever_the_server_says_the_mend_is_said(s3_server: S3Server, warm: BucketStore) -> None:
    for code, (status, fix) in SAID.items():
        s3_server.fail(status=status, code=code)
        assert fix in complaint(lambda: warm.read(NAME), within=LONG), code
    s3_server.fail(status=403, code="AccessDenied")

    write = lambda: warm.replace(NAME, b"", over=None, note=NOBODY)  # noqa: E731
    assert "AccessDenied" in complaint(write, within=LONG)
    assert "s3:ListBucket" in complaint(lambda: warm.names("manifests/elsewhere"), within=LONG)
    assert "the keys are wrong, or may not" in complaint(lambda: warm.exists(NAME), within=LONG)
    assert "AccessDenied" in complaint(lambda: next(warm.walk("manifests")), within=LONG)


def test_a_server_that_is_down_is_said_to_be(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")

    store = BucketStore("s3://bucket/", Timeouts(pauses=(0.01,)))

    assert "look at AWS_ENDPOINT_URL" in complaint(store.check, within=LONG)


def test_a_server_that_never_answers_holds_nobody_up_for_long(
    s3_server: S3Server, bucket: Bucket, hasty: Clients
) -> None:
    store = BucketStore(bucket.place, Timeouts(request=2.5), clients=hasty)
    s3_server.fail(seconds=60)

    assert "no answer" in complaint(lambda: store.read(NAME), within=LONG / 2)
    assert len(s3_server.requests()) > 1, "it is asked again"


def test_all_that_is_asked_for_one_mac_takes_no_longer_than_it_may(
    s3_server: S3Server, bucket: Bucket, s3_clients: Clients
) -> None:
    """Though every single answer comes in time."""
    store = BucketStore(bucket.place, Timeouts(held=0.5), clients=s3_clients)
    s3_server.fail(seconds=0.2)

    def ask_on() -> None:
        with store.holding(NAME):
            for _ in range(200):
                store.read(NAME)

    assert "no answer" in complaint(ask_on, within=LONG / 2)


@pytest.mark.parametrize("ask", ["read", "has"])
def test_an_answer_that_trickles_holds_nobody_up_for_long(
    s3_server: S3Server, bucket: Bucket, s3_clients: Clients, ask: str
) -> None:
    """Though every byte of it comes in time."""
    bucket.put(NAME, b"a manifest of a few hundred bytes" * 10)
    store = BucketStore(bucket.place, Timeouts(held=0.6), clients=s3_clients)
    store.read(NAME)  # so that there is a connection
    s3_server.fail(trickle=0.1)

    def wait() -> None:
        with store.holding(NAME):
            store.read(NAME) if ask == "read" else store.has("manifests")

    assert "no answer" in complaint(wait, within=LONG)


def test_nothing_is_removed_after_the_caller_was_told_that_it_failed(
    s3_server: S3Server, bucket: Bucket, s3_clients: Clients
) -> None:
    """By then another process may have written there."""
    bucket.put(NAME, b"first")
    seen = BucketStore(bucket.place, clients=s3_clients).read(NAME)
    assert seen is not None
    store = BucketStore(bucket.place, Timeouts(request=0.3), clients=s3_clients)
    s3_server.fail(times=1, methods=("HEAD",), seconds=0.6)

    def remove() -> None:
        store.remove(NAME, over=seen, note=ChangeNote("gone", "somebody"))

    assert "no answer" in complaint(remove, within=LONG)

    time.sleep(0.6)
    again = BucketStore(bucket.place, clients=s3_clients).read(NAME)
    assert again is not None
    assert again.content == b"first"


def test_an_answer_that_breaks_off_is_asked_for_again(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    bucket.put(NAME, b"whole")
    s3_server.fail(times=1, methods=("GET",), cut=True)

    stored = warm.read(NAME)

    assert stored is not None
    assert stored.content == b"whole"


def test_answers_that_always_break_off_are_none(
    s3_server: S3Server, bucket: Bucket, s3_clients: Clients
) -> None:
    bucket.put(NAME, b"whole")
    store = BucketStore(bucket.place, Timeouts(pauses=(0.01,)), clients=s3_clients)
    s3_server.fail(methods=("GET",), cut=True)

    assert "no answer" in complaint(lambda: store.read(NAME), within=LONG)


def test_without_keys_it_is_said_which_to_set(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/dev/null")

    assert "there are no keys" in complaint(BucketStore(bucket.place).check, within=LONG)


def test_a_server_that_has_too_much_to_do_is_asked_again(
    s3_server: S3Server, bucket: Bucket, warm: BucketStore
) -> None:
    s3_server.fail(times=2, status=503, code="SlowDown")
    warm.replace(NAME, b"ours", over=None, note=NOBODY)
    s3_server.fail(times=2, status=500, code="InternalError")

    stored = warm.read(NAME)
    assert stored is not None
    assert stored.content == b"ours"


def test_a_prefix_with_nothing_below_it_is_said_to_be_one(bucket: Bucket) -> None:
    store = BucketStore(f"s3://{bucket.name}/elsewhere/")

    said = complaint(store.check, within=LONG)

    assert f"there is nothing below s3://{bucket.name}/elsewhere/manifests/" in said
    assert not [key for key in bucket.listed() if key.startswith("elsewhere")]


def test_a_repo_without_site_default_is_no_use(bucket: Bucket, warm: BucketStore) -> None:
    bucket.remove("manifests/site_default")

    with pytest.raises(MissingInclude):
        MunkiRepo(warm).now().check()


def test_checking_again_writes_nothing(s3_server: S3Server, warm: BucketStore) -> None:
    s3_server.requests()
    warm.check()

    assert [asked.split()[0] for asked in s3_server.requests()] == ["GET"]


class _Endless(Clients):
    """A server of which each page of a listing is followed by itself."""

    def here(self) -> "_Endless":
        """Itself."""
        return self

    def list_objects_v2(self, **_: object) -> dict[str, object]:
        """The same page again."""
        file = {"Key": "manifests/C02AAA", "LastModified": datetime.now(UTC)}
        return {"Contents": [file], "NextContinuationToken": "again"}


def test_a_listing_without_end_is_ended() -> None:
    """It would fill the memory, and whoever lists that folder next would wait for it."""
    store = BucketStore("s3://munki", clients=_Endless())
    with pytest.raises(RepoUnusable, match="without end"):
        store.names("manifests")
