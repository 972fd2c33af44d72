"""Two servers with the repo in a bucket, a lab that boots at once, and a server that is killed."""

import json
import os
import plistlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki.storage import NOBODY, Overtaken
from provisioning.munki.storage.s3.store import BucketStore
from provisioning.registrations.models import Registration
from tests.fakes import s3
from tests.fakes.s3 import Bucket, S3Server
from tests.support.inputs.manifests import BUILDS, SITES
from tests.support.inputs.samples import sample_repo
from tests.support.installation import PASSWORD, ROOT, USERNAME, Install, Installation
from tests.support.soaking import SOAK, soak_only

SERVERS = ("one", "two") if SOAK else ("one",)  # only what soaks asks the second one
MACS = [f"C02LAB{number:04}" for number in range(30)]
PLACES = [("london", "design"), ("paris", "kiosk")]


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    """A server in a process of its own."""
    with s3.running() as server:
        yield server


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Bucket:
    """A bucket with a sample repo."""
    repo = sample_repo(tmp_path_factory.mktemp("filled"))
    return s3_server.bucket(repo, prefix="munki/")


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory,
    bucket: Bucket,
    install: Install,
    migrated_sqlite: Path,
) -> Iterator[list[Installation]]:
    """The servers, on one database."""
    folder = tmp_path_factory.mktemp("servers")
    url = f"sqlite:///{shutil.copy(migrated_sqlite, folder)}"
    settings = {**bucket.server.environment, "MUNKI_REPO": bucket.place}
    with ExitStack() as running:
        servers = []
        for name in SERVERS:
            (folder / name).mkdir()
            server = install(
                folder / name, folder, "http://127.0.0.1:1", database_url=url, settings=settings
            )
            running.enter_context(server).start("server")
            servers.append(server)
        for server in servers:
            server.wait_until_ready(60)
        yield servers


def call(server: Installation, serial: str, site: str, build: str) -> requests.Response:
    """Call as a script does."""
    fields = {"serial": serial, "site": site, "build": build}
    url = f"{server.url}/gen_manifest"
    return requests.post(url, data=fields, auth=(USERNAME, PASSWORD), timeout=30)


def call_until_heard(server: Installation, serial: str, site: str, build: str) -> None:
    """Call again as a script does, until it is told that the manifest is saved."""
    for _ in range(10):
        if call(server, serial, site, build).text == "Manifest saved":
            return
        time.sleep(0.5)
    raise AssertionError(f"{serial} was never heard")


def edit(store: BucketStore, serial: str) -> None:
    """Write notes into a Mac's manifest, as often as it takes, as careful as Rollcall."""
    while True:
        before = store.read(f"manifests/{serial}")
        manifest = plistlib.loads(before.content) if before else {"catalogs": ["testing"]}
        content = plistlib.dumps({**manifest, "notes": f"for {serial}"})
        try:
            store.replace(f"manifests/{serial}", content, over=before, note=NOBODY)
        except Overtaken:
            continue
        return


def places_of(server: Installation) -> dict[str, tuple[str, str]]:
    """The site and build of each Mac in the database, by serial."""
    database = Database(server.environment["ROLLCALL_DATABASE_URL"])
    with database.reading() as session:
        rows = session.scalars(select(Registration))
        places = {row.serial: (row.site, row.build) for row in rows}
    database.close()
    return places


@soak_only("needs a second server; tests of the store hold what two writers may do")
def test_a_lab_that_calls_two_servers_at_once_loses_nothing_beside_an_admin(
    servers: list[Installation], bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every Mac calls both servers, for another place each."""
    for name, value in bucket.server.environment.items():
        monkeypatch.setenv(name, value)

    def boot(macs: list[str], number: int) -> None:
        for mac in macs:
            call_until_heard(servers[number], mac, *PLACES[number])

    def look_after() -> None:
        store = BucketStore(bucket.place)
        for mac in MACS:
            edit(store, mac)

    threads = [
        threading.Thread(target=boot, args=(MACS[first::3], number))
        for number in range(2)
        for first in range(3)
    ]
    threads.append(threading.Thread(target=look_after))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    recorded = places_of(servers[0])
    for mac in MACS:
        manifest = plistlib.loads(bucket.get(f"manifests/{mac}"))
        default, site, build = manifest["included_manifests"]
        assert default == "site_default"
        assert recorded[mac] in PLACES
        assert manifest["notes"] == f"for {mac}"
        assert (SITES + recorded[mac][0], BUILDS + recorded[mac][1]) == (site, build)
    owed = servers[0].owed_confirmations()
    assert {serial for serial in owed if serial.startswith("C02LAB")} == set(MACS)


@soak_only("tests of the store hold what goes wrong with a bucket; the git remote shows a server")
def test_a_mac_is_told_why_while_the_bucket_cannot_be_used_and_is_heard_later(
    servers: list[Installation], bucket: Bucket
) -> None:
    call_until_heard(servers[0], "C02BEFORE", *PLACES[0])
    bucket.server.fail(status=403, code="AccessDenied")
    try:
        refused = call(servers[0], "C02MEANWHILE", *PLACES[0])
        ready = requests.get(f"{servers[0].url}/readyz", timeout=30)
    finally:
        bucket.server.heal()

    assert refused.status_code == 503
    assert ready.status_code == 503
    assert "S3 says AccessDenied" in ready.text

    call_until_heard(servers[0], "C02MEANWHILE", *PLACES[0])
    assert b"sites/london" in bucket.get("manifests/C02MEANWHILE")
    log = servers[0].log.read_text()
    assert s3.KEYS["AWS_SECRET_ACCESS_KEY"] not in log
    assert s3.KEYS["AWS_ACCESS_KEY_ID"] not in log


@soak_only("a child that opens a connection is killed at each line")
def test_a_server_may_die_at_any_line_that_writes_into_a_bucket(
    s3_server: S3Server, repo_folder: Path
) -> None:
    """The script calls again; then there is the manifest, with what the admin had in it."""
    bucket = s3_server.bucket(repo_folder)
    given = json.dumps({"url": s3_server.url, "bucket": bucket.name, "every": "1"})
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.running.crashing.buckets", given],
        cwd=ROOT,
        env={**os.environ, **s3_server.environment},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout.splitlines()[-1])

    assert seen["problems"] == []
    assert seen["kills"] >= 2
