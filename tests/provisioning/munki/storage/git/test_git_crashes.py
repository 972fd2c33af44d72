"""kill -9 while a repo in git is changed: what was confirmed is there, and nothing half done."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from provisioning.munki import ChangeNote
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Overtaken, Store
from tests.fakes.git.remote import Remote
from tests.support.installation import ROOT
from tests.support.installing.packages import program
from tests.support.running.crashing.git import kill_all_of, sound
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

KILLED = "test_damaged_clones holds what each crash may leave"
EVERY = 1  # line of ours
KILLS = 60
NAMES = ("manifests/C02FIRST", "manifests/C02SECOND")


def start(tmp_path: Path, *arguments: str) -> "subprocess.Popen[str]":
    program("git")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.running.crashing.git", str(tmp_path), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@soak_only(KILLED)
def test_a_server_may_die_at_any_line_of_a_change(tmp_path: Path) -> None:
    """The script calls again; then there is one manifest, whole, and one commit for it."""
    with start(tmp_path, str(EVERY)) as process:
        out, _ = process.communicate(timeout=900)

    seen = json.loads(out)
    assert seen["problems"] == []
    assert seen["kills"] >= 400 / EVERY
    assert sound(Remote.at(tmp_path / "git"))


@soak_only(KILLED)
def test_servers_that_share_a_clone_may_lose_power_at_any_moment(tmp_path: Path) -> None:
    """With all that they started; the next go on from what was confirmed."""
    remote = Remote(tmp_path / "git")
    confirmed = dict.fromkeys(NAMES, 0)
    for _ in range(KILLS):
        servers = {name: start(tmp_path, "WRITE", name) for name in NAMES}
        for server in servers.values():
            assert server.stdout
            server.stdout.readline()  # it is at work
        time.sleep(random.uniform(0, 0.4))
        for server in servers.values():
            kill_all_of(server.pid)
        for name, server in servers.items():
            out, _ = server.communicate()
            confirmed[name] = max([confirmed[name], *map(int, out.split())])
        assert sound(remote)
        for name in NAMES:
            assert int(remote.read(name) or 0) >= confirmed[name]

    store = opened_store(remote.url, tmp_path / "copy")
    for name in NAMES:
        eventually(lambda name=name: ended(store, name))  # type: ignore[misc]
        told = [int(line.split()[1]) for line in remote.log() if line.startswith(name)]
        assert told == list(range(len(told), 0, -1)), "each change once, in its order"


def ended(store: Store, name: str) -> bool:
    """True where the file could be written; False where a dead server's change came before it."""
    found = store.read(name)
    assert found is not None
    try:
        store.replace(name, b"the end", over=found, note=ChangeNote("the end"))
    except Overtaken:
        return False
    return True
