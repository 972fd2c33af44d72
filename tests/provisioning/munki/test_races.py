"""Many calls at once for the manifests of one Mac, and of many."""

import plistlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.storage.folder import LOCK_FOLDER
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import LONDON, MAC, PARIS
from tests.support.inputs.manifests import merge
from tests.support.installation import ROOT
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

PLACES = [LONDON, Destination("new york", "developer"), PARIS]
ROUNDS = 8
NOTES = "kept " * 5_000  # so that a manifest takes its time to be written

CALLS = """
import sys
from pathlib import Path
from provisioning.munki import opened
from provisioning.values.serials import Serial

repo, serial, (site, build), rounds = opened(sys.argv[1]), Serial(sys.argv[2]), \
    sys.argv[3].split("/"), int(sys.argv[4])
for _ in range(rounds):
    with repo.now().holding(serial):
        repo.now().assign(serial, repo.now().destination(site, build))
"""


def expected(place: Destination) -> dict[str, Any]:
    return merge({"catalogs": ["testing"], "notes": NOTES}, place)


@pytest.fixture
def manifest(repo_folder: Path) -> Path:
    """The manifest of one Mac, with keys of an admin in it."""
    path = repo_folder / "manifests" / MAC.text
    path.write_bytes(plistlib.dumps({"catalogs": ["testing"], "notes": NOTES}))
    return path


@contextmanager
def watched(path: Path) -> Iterator[list[str]]:
    """Have a client fetch the manifest all the time; yields what it could not have used."""
    stop, faults = threading.Event(), list[str]()

    def fetch() -> None:
        whole = [{"catalogs": ["testing"], "notes": NOTES}, *map(expected, PLACES)]
        while not stop.is_set():
            content = path.read_bytes()
            try:
                if plistlib.loads(content) not in whole:
                    faults.append(f"a mixture of {len(content)} bytes")
            except Exception as error:
                faults.append(f"{error!r} in {len(content)} bytes")
            stop.wait(0.001)

    client = threading.Thread(target=fetch)
    client.start()
    try:
        yield faults
    finally:
        stop.set()
        client.join()


def start(repo_folder: Path, mac: Serial, to: Destination, rounds: int) -> "subprocess.Popen[str]":
    """Start a server process that is called so many times for a Mac."""
    arguments = [str(repo_folder), mac.text, str(to), str(rounds)]
    return subprocess.Popen(
        [sys.executable, "-c", CALLS, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def wait_until_replaced(manifest: Path) -> None:
    before = manifest.stat().st_ino
    eventually(lambda: manifest.stat().st_ino != before)


def dot_files(repo_folder: Path) -> list[Path]:
    return [path for path in repo_folder.rglob(".*") if path.name != LOCK_FOLDER]


def test_threads_that_send_one_mac_everywhere_never_show_half_a_manifest(
    repo: MunkiRepo, repo_folder: Path, manifest: Path
) -> None:
    last: list[Destination] = []

    def send(place: Destination) -> None:
        for _ in range(ROUNDS):
            with repo.now().holding(MAC):
                repo.now().assign(MAC, place)
                last.append(place)

    threads = [threading.Thread(target=send, args=(place,)) for place in PLACES * 2]
    with watched(manifest) as faults:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert faults == []
    assert len(last) == ROUNDS * len(threads)
    assert plistlib.loads(manifest.read_bytes()) == expected(last[-1])
    assert dot_files(repo_folder) == []


@soak_only("threads race in the same way, above")
def test_processes_that_send_one_mac_everywhere_never_show_half_a_manifest(
    repo_folder: Path, manifest: Path
) -> None:
    with watched(manifest) as faults:
        servers = [start(repo_folder, MAC, place, ROUNDS) for place in PLACES]
        complaints = [server.communicate(timeout=120)[1] for server in servers]

    assert complaints == ["", "", ""]
    assert faults == []
    assert plistlib.loads(manifest.read_bytes()) in [expected(place) for place in PLACES]
    assert dot_files(repo_folder) == []


@soak_only("test_stores has threads of several servers, test_mounts locks of several processes")
def test_a_lab_that_boots_at_once_gets_a_manifest_for_every_mac(
    repo: MunkiRepo, repo_folder: Path
) -> None:
    """One of them calls another process as well."""
    lab = {Serial(f"C02LAB{number:03}"): PLACES[number % 3] for number in range(12)}

    def send(mac: Serial) -> None:
        with repo.now().holding(mac):
            repo.now().assign(mac, lab[mac])

    macs = list(lab)
    server = start(repo_folder, macs[0], lab[macs[0]], 1)
    threads = [threading.Thread(target=send, args=(mac,)) for mac in macs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert server.communicate(timeout=120)[1] == ""
    for mac, place in lab.items():
        content = plistlib.loads((repo_folder / "manifests" / mac.text).read_bytes())
        assert content == merge(None, place)
    assert dot_files(repo_folder) == []


@soak_only("test_links kills a server at its lines; a folder is written in one way")
def test_a_server_killed_at_any_moment_leaves_a_whole_manifest_that_the_next_can_change(
    repo: MunkiRepo, repo_folder: Path, manifest: Path
) -> None:
    with watched(manifest) as faults:
        for _ in range(3):
            servers = [start(repo_folder, MAC, place, 10**6) for place in PLACES]
            try:
                wait_until_replaced(manifest)
            finally:
                for server in servers:
                    server.kill()
                    server.communicate()

    with repo.now().holding(MAC):
        for place in PLACES:
            repo.now().assign(MAC, place)

    assert faults == []
    assert plistlib.loads(manifest.read_bytes()) == expected(PLACES[-1])
    assert dot_files(repo_folder) == []
