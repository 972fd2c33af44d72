"""A bucket that threads, processes and servers share, and what a Mac costs there."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from provisioning.munki import opened
from provisioning.munki.storage import NOBODY, Overtaken
from provisioning.munki.storage.s3.client import Clients
from provisioning.munki.storage.s3.store import BucketStore
from provisioning.values.serials import Serial
from tests.fakes.s3 import Bucket, S3Server
from tests.provisioning.munki.storage.conftest import boot, patient
from tests.support.fixtures.repo import MAC
from tests.support.installation import ROOT

NAME = f"manifests/{MAC}"
SITES = "manifests/included_manifests/sites"


def test_a_first_boot_costs_four_requests_and_no_round_trip_more(
    s3_server: S3Server, bucket: Bucket
) -> None:
    repo = opened(bucket.place)
    repo.now().check()
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
                store.replace(NAME, before.content + word.encode(), over=before, note=NOBODY)
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
        threads[1].join(30)
        assert got == ["other"]
    threads[0].join(30)

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
    code += "print({'boto3', 'botocore', 's3transfer'} & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "set()\n"
