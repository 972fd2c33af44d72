"""A repo in a bucket: what is read, written and found there, and what that costs."""

import os
import plistlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from provisioning.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki import Destination, MunkiRepo, opened
from provisioning.munki.stores import NOBODY, Overtaken, Stored
from provisioning.munki.stores.base import LARGEST
from provisioning.munki.stores.buckets import BucketStore
from provisioning.munki.stores.connections import Clients
from provisioning.serials import Serial
from tests.integration.stores.conftest import patient
from tests.support.installation import ROOT
from tests.support.s3 import Bucket, S3Server
from tests.support.waiting import eventually

MAC = Serial("C02ABC123DEF")
NAME = f"manifests/{MAC}"
SITES = "manifests/included_manifests/sites"
LONDON = Destination("london", "design")


def boot(repo: MunkiRepo, mac: Serial = MAC, to: Destination = LONDON) -> None:
    """What a server does with the repo when a Mac boots for the first time."""
    place = repo.destination(to.site, to.build)
    if repo.kept(mac, place) is None:
        with repo.holding(mac):
            repo.assign(mac, place)


def test_what_is_written_is_read_back_until_somebody_changes_it(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    assert bucket_store.read(NAME) is None

    bucket_store.replace(NAME, b"ours", over=None, why=NOBODY)
    ours = bucket_store.read(NAME)
    assert ours is not None
    assert ours.content == b"ours"
    bucket.put(NAME, b"theirs")
    theirs = bucket_store.read(NAME)

    assert theirs is not None
    assert theirs.version != ours.version


@pytest.mark.parametrize("theirs", [b"theirs", None], ids=["changed", "removed"])
def test_what_others_did_meanwhile_is_not_undone(
    bucket: Bucket, bucket_store: BucketStore, theirs: bytes | None
) -> None:
    bucket.put(NAME, b"before")
    before = bucket_store.read(NAME)
    assert before is not None
    bucket.put(NAME, theirs) if theirs else bucket.remove(NAME)

    with pytest.raises(Overtaken):
        bucket_store.replace(NAME, b"ours", over=before, why=NOBODY)
    with pytest.raises(Overtaken):
        bucket_store.remove(NAME, over=before, why=NOBODY)

    found = bucket_store.read(NAME)
    assert (found and found.content) == theirs


def test_one_that_others_made_meanwhile_is_not_replaced(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    bucket.put(NAME, b"theirs")

    with pytest.raises(Overtaken):
        bucket_store.replace(NAME, b"theirs", over=None, why=NOBODY)

    assert bucket.get(NAME) == b"theirs"


def test_what_is_removed_is_gone(bucket: Bucket, bucket_store: BucketStore) -> None:
    bucket.put(NAME, b"before")
    before = bucket_store.read(NAME)
    assert before is not None

    bucket_store.remove(NAME, over=before, why=NOBODY)

    assert NAME not in bucket.listed()


def test_an_object_keeps_what_web_servers_are_told_of_it(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    more = {"ContentType": "text/xml", "CacheControl": "no-cache", "Metadata": {"by": "an admin"}}
    bucket.put(NAME, b"before", **more)
    bucket_store.replace(NAME, b"after", over=bucket_store.read(NAME), why=NOBODY)
    bucket_store.replace("manifests/NEW", b"new", over=None, why=NOBODY)

    after = bucket.head(NAME)
    assert {key: after[key] for key in more} == more
    assert bucket.head("manifests/NEW")["ContentType"] == "application/xml"


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

    assert eventually(lambda: "rome" in bucket_store.names(SITES), timeout=5)
    assert bucket_store.names(SITES) is not first


def test_names_looked_up_again_are_the_same_object_where_nothing_changed(
    s3_server: S3Server, bucket: Bucket, bucket_store: BucketStore
) -> None:
    first = bucket_store.names(SITES)
    s3_server.requests()

    def looked() -> bool:
        assert bucket_store.names(SITES) is first
        return bool(s3_server.requests())

    assert eventually(looked, timeout=5)


def test_what_we_change_ourselves_is_seen_at_once(bucket_store: BucketStore) -> None:
    rome = f"{SITES}/rome"
    before = bucket_store.names(SITES)
    bucket_store.replace(rome, b"", over=None, why=NOBODY)
    assert bucket_store.names(SITES) == (*before, "rome")
    assert bucket_store.exists(rome)

    stored = bucket_store.read(rome)
    assert stored is not None
    bucket_store.remove(rome, over=stored, why=NOBODY)

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


def test_an_object_too_large_to_be_a_manifest_is_not_read(
    bucket: Bucket, bucket_store: BucketStore
) -> None:
    bucket.put(NAME, b" " * LARGEST)
    assert bucket_store.read(NAME) is not None
    bucket.put(NAME, b" " * (LARGEST + 1))

    with pytest.raises(ManifestUnreadable, match=f"{MAC}.*larger than 4 MiB"):
        bucket_store.read(NAME)


def test_a_prefix_may_have_any_characters_and_nothing_beside_it_is_touched(
    s3_server: S3Server, repo_folder: Path
) -> None:
    bucket = s3_server.bucket(repo_folder, prefix="a b/ü + 100%/")
    before = bucket.listed()
    repo = opened(bucket.place)
    repo.check()
    boot(repo, to=Destination("NEW YORK", "design"))

    assert repo.sites() == ["london", "new york", "paris"]
    assert plistlib.loads(bucket.get(NAME))["included_manifests"][1].endswith("sites/new york")
    assert set(bucket.listed()) - set(before) == {
        f"a b/ü + 100%/{NAME}",
        "a b/ü + 100%/manifests/.rollcall-probe",
    }


@pytest.mark.parametrize(
    "name", ["manifests/../../other", "manifests//x", "manifests/./x", "m/" + "ü" * 520, "m/\ud800"]
)
def test_no_name_leads_out_of_the_prefix(name: str) -> None:
    """And nobody is asked: there is no server at all."""
    store = BucketStore("s3://bucket/repo")

    assert not store.exists(name)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.read(name)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.replace(name, b"", over=None, why=NOBODY)
    with pytest.raises(RepoUnusable, match="cannot be a file"):
        store.remove(name, over=Stored(b"", ""), why=NOBODY)


def test_a_first_boot_costs_four_requests_and_no_round_trip_more(
    s3_server: S3Server, bucket: Bucket
) -> None:
    repo = opened(bucket.place)
    repo.check()
    boot(repo, Serial("C02WARMUP"))
    s3_server.requests()

    boot(repo)

    object_ = f"/{bucket.name}/{NAME}"
    assert s3_server.requests() == [f"{how} {object_}" for how in ("GET", "GET", "PUT", "GET")]

    boot(repo)  # again: nothing to change

    assert s3_server.requests() == [f"GET {object_}"]


def test_two_servers_never_lose_each_others_changes(bucket: Bucket, s3_clients: Clients) -> None:
    """Each adds its words to one manifest, beside an admin who does the same."""
    bucket.put(NAME, b"")
    admin, *stores = [patient(bucket, s3_clients) for _ in range(3)]

    def add(store: BucketStore, word: str) -> None:
        while True:
            before = store.read(NAME)
            assert before is not None
            try:
                store.replace(NAME, before.content + word.encode(), over=before, why=NOBODY)
            except Overtaken:
                continue
            return

    def add_several(server: int, thread: int) -> None:
        for number in range(3):
            with stores[server].holding(NAME):
                add(stores[server], f"{server}{thread}{number} ")

    threads = [
        threading.Thread(target=add_several, args=(server, thread))
        for server in range(2)
        for thread in range(2)
    ]
    for thread in threads:
        thread.start()
    for number in range(4):
        add(admin, f"{number} ")
    for thread in threads:
        thread.join()

    words = bucket.get(NAME).decode().split()
    assert len(words) == len(set(words)) == 2 * 2 * 3 + 4


def test_a_file_is_held_against_other_threads_and_others_are_free(
    bucket_store: BucketStore,
) -> None:
    got = list[str]()

    def hold(name: str) -> None:
        with bucket_store.holding(name):
            got.append(name)

    threads = [threading.Thread(target=hold, args=(name,)) for name in (NAME.lower(), "other")]
    with bucket_store.holding(NAME):
        for thread in threads:
            thread.start()
        threads[1].join(5)
        assert got == ["other"]
    threads[0].join(5)

    assert got == ["other", NAME.lower()]


def test_a_process_that_was_forked_asks_by_itself(bucket_store: BucketStore) -> None:
    sites = bucket_store.names(SITES)

    child = os.fork()
    if child == 0:
        found = None
        try:
            found = bucket_store.read("manifests/site_default")
        finally:
            os._exit(found is None)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert bucket_store.read("manifests/site_default") is not None
    assert bucket_store.names(SITES) == sites


def test_who_has_the_repo_in_a_folder_does_not_carry_what_buckets_need(tmp_path: Path) -> None:
    code = f"from provisioning.munki import opened; opened({str(tmp_path)!r}); import sys; "
    code += "print({'s3fs', 'aiobotocore', 'botocore', 'fsspec'} & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "set()\n"
