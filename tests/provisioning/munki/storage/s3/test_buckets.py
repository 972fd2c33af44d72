"""A repo in a bucket: reads and writes, and the names of the objects."""

import plistlib
from pathlib import Path

import pytest

from provisioning.munki import Destination, opened
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage import NOBODY, Overtaken, Stored
from provisioning.munki.storage.base import LARGEST
from provisioning.munki.storage.s3.client import Clients
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket, S3Server
from tests.provisioning.munki.storage.conftest import boot, patient
from tests.support.fixtures.repo import MAC
from tests.support.soaking import soak_only
from tests.support.tables import for_each

NAME = f"manifests/{MAC}"


@soak_only("test_stores has each step of it for a bucket")
def test_what_is_written_is_read_back_until_somebody_changes_it(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    assert bucket_store.read(NAME) is None

    bucket_store.replace(NAME, b"ours", over=None, note=NOBODY)
    ours = bucket_store.read(NAME)
    assert ours is not None
    assert ours.content == b"ours"
    bucket.put(NAME, b"theirs")
    theirs = bucket_store.read(NAME)

    assert theirs is not None
    assert theirs.version != ours.version


@pytest.mark.parametrize("theirs", [b"theirs", None], ids=["changed", "removed"])
def test_a_file_that_others_changed_or_removed_meanwhile_stays_as_it_is(
    bucket: Bucket, bucket_store: BucketStore, theirs: bytes | None
) -> None:
    bucket.put(NAME, b"before")
    before = bucket_store.read(NAME)
    assert before is not None
    bucket.put(NAME, theirs) if theirs else bucket.remove(NAME)

    with pytest.raises(Overtaken):
        bucket_store.replace(NAME, b"ours", over=before, note=NOBODY)
    with pytest.raises(Overtaken):
        bucket_store.remove(NAME, over=before, note=NOBODY)

    found = bucket_store.read(NAME)
    assert (found and found.content) == theirs


def test_a_file_that_others_made_meanwhile_is_not_replaced(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    bucket.put(NAME, b"theirs")

    with pytest.raises(Overtaken):
        bucket_store.replace(NAME, b"theirs", over=None, note=NOBODY)

    assert bucket.get(NAME) == b"theirs"


def test_a_removed_object_is_gone(bucket: Bucket, bucket_store: BucketStore) -> None:
    bucket.put(NAME, b"before")
    before = bucket_store.read(NAME)
    assert before is not None

    bucket_store.remove(NAME, over=before, note=NOBODY)

    assert NAME not in bucket.listed()


def test_a_replaced_object_keeps_its_headers_for_web_servers(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    more = {"ContentType": "text/xml", "CacheControl": "no-cache", "Metadata": {"by": "an admin"}}
    bucket.put(NAME, b"before", **more)
    bucket_store.replace(NAME, b"after", over=bucket_store.read(NAME), note=NOBODY)
    bucket_store.replace("manifests/NEW", b"new", over=None, note=NOBODY)

    after = bucket.head(NAME)
    assert {key: after[key] for key in more} == more
    assert bucket.head("manifests/NEW")["ContentType"] == "application/xml"


def test_an_object_too_large_to_be_a_manifest_is_not_read(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    bucket.put(NAME, b" " * LARGEST)
    assert bucket_store.read(NAME) is not None
    bucket.put(NAME, b" " * (LARGEST + 1))

    with pytest.raises(ManifestUnreadable, match=f"{MAC}.*larger than 4 MiB"):
        bucket_store.read(NAME)


def test_a_prefix_may_have_any_characters_and_files_outside_it_stay(
    s3_server: S3Server, repo_folder: Path
) -> None:
    bucket = s3_server.bucket(repo_folder, prefix="a b/ü + 100%/")
    before = bucket.listed()
    repo = opened(bucket.place)
    repo.now().check()
    boot(repo, to=Destination("NEW YORK", "design"))

    assert repo.now().sites() == ["london", "new york", "paris"]
    assert plistlib.loads(bucket.get(NAME))["included_manifests"][1].endswith("sites/new york")
    assert set(bucket.listed()) - set(before) == {
        f"a b/ü + 100%/{NAME}",
        "a b/ü + 100%/manifests/.rollcall-probe",
    }


@for_each(
    "name", ["manifests/../../other", "manifests//x", "manifests/./x", "m/" + "ü" * 520, "m/\ud800"]
)
def test_no_name_leads_out_of_the_prefix(name: str) -> None:
    """There is no server at all: no request is made."""
    store = BucketStore("s3://bucket/repo")

    assert not store.exists(name)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.read(name)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.replace(name, b"", over=None, note=NOBODY)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.remove(name, over=Stored(b"", ""), note=NOBODY)


def test_a_bucket_with_object_lock_accepts_manifests(
    s3_server: S3Server, bucket: Bucket, s3_clients: Clients
) -> None:
    locked = Bucket(s3_server, f"{bucket.name}-locked")
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3_server.admin.create_bucket(Bucket=locked.name, ObjectLockEnabledForBucket=True)
    s3_server.admin.put_object_lock_configuration(
        Bucket=locked.name,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
    )
    locked.put("manifests/site_default", b"<plist/>", ContentMD5="Qcj0JXXBghrFZ7Fl1gbY8w==")
    store = patient(locked, s3_clients)
    store.check()

    for before, content in ((None, b"first"), (b"first", b"second")):
        over = store.read(NAME)
        assert (over and over.content) == before
        store.replace(NAME, content, over=over, note=NOBODY)

    assert locked.get(NAME) == b"second"
