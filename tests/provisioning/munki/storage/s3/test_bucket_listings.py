"""Listings of a bucket: all their pages, and how soon they show others' changes."""

from provisioning.munki.storage import NOBODY
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket, S3Server
from tests.support.waiting import eventually

SITES = "manifests/included_manifests/sites"


def test_names_are_those_of_files_that_munkis_tools_see(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    for name in ("", ".hidden", "zürich + münchen", "deeper/one", "empty folder/"):
        bucket.put(f"{SITES}/{name}", b"")

    assert bucket_store.names(SITES) == ("london", "new york", "paris", "zürich + münchen")
    assert bucket_store.names("manifests/nothing") == ()


def test_names_are_the_same_object_until_something_changes_which_is_soon_seen(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    first = bucket_store.names(SITES)
    assert bucket_store.names(SITES) is first

    bucket.put(f"{SITES}/rome", b"")

    assert eventually(lambda: "rome" in bucket_store.names(SITES))
    assert bucket_store.names(SITES) is not first


def test_names_looked_up_again_are_the_same_object_where_nothing_changed(
    s3_server: S3Server, bucket_store: BucketStore
) -> None:
    first = bucket_store.names(SITES)
    s3_server.requests()

    def looked() -> bool:
        assert bucket_store.names(SITES) is first
        return bool(s3_server.requests())

    assert eventually(looked)


def test_what_we_change_ourselves_is_seen_at_once(bucket_store: BucketStore) -> None:
    rome = f"{SITES}/rome"
    before, below = bucket_store.names(SITES), bucket_store.tree(SITES)
    bucket_store.replace(rome, b"", over=None, note=NOBODY)
    assert bucket_store.names(SITES) == (*before, "rome")
    assert bucket_store.tree(SITES) == (*below, "rome")
    assert bucket_store.exists(rome)

    stored = bucket_store.read(rome)
    assert stored is not None
    bucket_store.remove(rome, over=stored, note=NOBODY)

    assert bucket_store.names(SITES) == before
    assert not bucket_store.exists(rome)


def test_a_file_that_is_missing_is_looked_for_again_at_once(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    bucket_store.names(SITES)
    assert not bucket_store.exists(f"{SITES}/rome")

    bucket.put(f"{SITES}/rome", b"")

    assert bucket_store.exists(f"{SITES}/rome")


def test_everything_is_walked_however_many_pages_it_takes(
    s3_server: S3Server, bucket: Bucket, bucket_store: BucketStore
) -> None:
    for name in ("manifests/.git/config", "manifests/.DS_Store", "manifests/sub/"):
        bucket.put(name, b"")
    s3_server.fail(methods=("GET",), page=3)

    assert list(bucket_store.walk("manifests")) == [
        *(f"included_manifests/builds/{name}" for name in ("basic", "design")),
        *(f"included_manifests/builds/{name}" for name in ("developer", "kiosk")),
        *(f"included_manifests/sites/{name}" for name in ("london", "new york", "paris")),
        "site_default",
    ]
    assert len(s3_server.requests()) > 3
