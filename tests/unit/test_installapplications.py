"""The JSON for InstallApplications: what is in it, and that its script has the hash it says."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioning import bootstraps
from provisioning.installapplications import InstallApplications, NoSuchScript
from provisioning.munki import Destination, MunkiRepo
from provisioning.scripts import Scripts
from provisioning.templates import faults
from provisioning.tokens import Tokens
from tests.support.installation import SECRET_KEY
from tests.unit.conftest import LONDON, PARIS

URL = "http://mac.lan:5000"
WINDOW = 18 * 3600
BASE = "installapplications/base.json"
START = 1_800_000_000 // WINDOW * WINDOW
MUNKI: dict[str, Any] = {
    "file": "/Library/installapplications/munki.pkg",
    "name": "Munki",
    "type": "package",
    "packageid": "com.googlecode.munki.core",
    "version": "6.7",
    "url": "https://example.com/munki.pkg",
    "hash": "0" * 64,
}


class Server:
    """A server process with a clock of its own; two of them share nothing but the settings."""

    def __init__(self, folder: Path | None = None, now: float = START) -> None:
        self.now = now
        tokens = Tokens(SECRET_KEY, timedelta(hours=72), clock=lambda: self.now)
        scripts = Scripts(URL, tokens, folder, clock=lambda: self.now)
        self._made = InstallApplications(URL, tokens, scripts, folder, clock=lambda: self.now)

    def stages(self, to: Destination = LONDON) -> dict[str, list[dict[str, Any]]]:
        return dict(json.loads(self._made.document(to)))

    def document(self, to: Destination = LONDON) -> bytes:
        return self._made.document(to)

    def fetch(self, url: str, to: Destination = LONDON) -> bytes:
        """What is served at the script's address."""
        return self._made.script(to, url.rpartition("/")[2].removesuffix(".sh"))


def write(folder: Path, name: str, document: object) -> None:
    path = folder / "installapplications" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))


def stages(*items: object, **more: object) -> dict[str, object]:
    return {"setupassistant": [*items], "userland": [], **more}


def test_both_required_stages_are_there_and_the_script_is_the_first_item() -> None:
    made = Server().stages()

    assert set(made) == {"setupassistant", "userland"}
    [item] = made["setupassistant"]
    assert item["type"] == "rootscript"
    assert item["file"].startswith("/Library/installapplications/")
    assert item["retries"] * item["retrywait"] >= 60, "a server that is restarted is back by then"
    assert made["userland"] == []


@pytest.mark.parametrize("to", [LONDON, PARIS, Destination("King's Cross? 100%", "R&D #1 é")])
def test_the_script_has_the_hash_that_the_json_says(to: Destination) -> None:
    server = Server()
    [item] = server.stages(to)["setupassistant"]

    content = server.fetch(item["url"], to)

    assert hashlib.sha256(content).hexdigest() == item["hash"]
    assert item["url"].isascii()
    assert " " not in item["url"]
    assert content.startswith(b"#!/bin/sh\n")


def test_another_server_serves_the_same_bytes_and_the_json_comes_out_the_same() -> None:
    server, other = Server(), Server(now=START + 3600)
    [item] = server.stages()["setupassistant"]

    assert other.document() == server.document()
    assert hashlib.sha256(other.fetch(item["url"])).hexdigest() == item["hash"]


def test_it_has_it_too_when_the_window_turns_in_between() -> None:
    server, other = Server(now=START + WINDOW - 1), Server(now=START + WINDOW)
    [item] = server.stages()["setupassistant"]
    server.now = START + WINDOW

    for each in (server, other):
        assert hashlib.sha256(each.fetch(item["url"])).hexdigest() == item["hash"]


def test_it_has_it_too_when_the_template_changes_in_between(tmp_path: Path) -> None:
    server = Server(tmp_path)
    [item] = server.stages()["setupassistant"]
    (tmp_path / "base.sh.j2").write_text("#!/bin/sh\necho other\n")
    server.now += 60

    assert hashlib.sha256(server.fetch(item["url"])).hexdigest() == item["hash"]
    with pytest.raises(NoSuchScript):
        Server(tmp_path).fetch(item["url"])


def test_an_address_of_two_windows_ago_is_no_more() -> None:
    server = Server()
    [item] = server.stages()["setupassistant"]
    server.now = START + 2 * WINDOW

    with pytest.raises(NoSuchScript, match="fetch the JSON again"):
        server.fetch(item["url"])


@pytest.mark.parametrize(
    "stamp", ["", "1", "-", "1-", "x-y", "0-0000000000000000", "99999999999999999999-0", "é", "1/2"]
)
def test_a_foreign_address_is_refused(stamp: str) -> None:
    with pytest.raises(NoSuchScript):
        Server().fetch(f"{URL}/installapplications/london/design/{stamp}.sh")


def test_the_address_of_one_site_is_no_good_for_another() -> None:
    server = Server()
    [item] = server.stages()["setupassistant"]

    with pytest.raises(NoSuchScript):
        server.fetch(item["url"], PARIS)


def test_an_admins_items_follow_the_script_with_all_that_every_release_wants(
    tmp_path: Path,
) -> None:
    write(tmp_path, "base", stages(MUNKI, preflight=[]))

    made = Server(tmp_path).stages()

    assert [item["name"] for item in made["setupassistant"]][1:] == ["Munki"]
    assert made["setupassistant"][1] == {**MUNKI, "retries": 3, "retrywait": 5}
    assert made["preflight"] == []


def test_the_most_specific_document_wins(tmp_path: Path) -> None:
    for name in ("base", "sites/london", "builds/design", "sites/london/design"):
        write(tmp_path, name, stages({**MUNKI, "name": name}))
        assert Server(tmp_path).stages()["setupassistant"][1]["name"] == name
    assert Server(tmp_path).stages(PARIS)["setupassistant"][1]["name"] == "base"


def test_site_and_build_can_stand_in_a_document(tmp_path: Path) -> None:
    item = {**MUNKI, "name": "@", "url": "http://x/@"}
    text = json.dumps(stages(item)).replace('"@"', "{= site|json =}").replace("@", "{= build =}")
    write(tmp_path, "base", text)

    item = Server(tmp_path).stages()["setupassistant"][1]

    assert (item["name"], item["url"]) == ("london", "http://x/design")


def test_rollcalls_own_item_can_be_changed_and_is_not_served_as_a_stage(tmp_path: Path) -> None:
    change = {"stage": "userland", "file": "/Library/Acme/rollcall.sh", "retries": 5}
    write(tmp_path, "base", stages(rollcall=change))

    made = Server(tmp_path).stages()

    assert set(made) == {"setupassistant", "userland"}
    [item] = made["userland"]
    assert (item["file"], item["retries"]) == ("/Library/Acme/rollcall.sh", 5)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ('{"setupassistant": [],\n "userland": [,]}', "line 2: it is no JSON"),
        ("[]", "it is no object with stages"),
        ({"setupassistant": []}, "the stage 'userland' is missing, which may be empty"),
        (stages(preflght=[]), "'preflght' is no stage"),
        ({"setupassistant": {}, "userland": []}, "the stage 'setupassistant' is no list"),
        (stages("munki.pkg"), "item 1 of setupassistant is no object"),
        (
            stages({key: value for key, value in MUNKI.items() if key != "hash"}),
            "item 1 of setupassistant ('Munki') lacks 'hash'",
        ),
        (stages({**MUNKI, "hash": "abc"}), "is no SHA-256"),
        (stages({**MUNKI, "type": "pkg"}), "is of no type that there is"),
        (stages({**MUNKI, "url": "ftp://x/y"}), "is not on the web"),
        (stages({**MUNKI, "file": "munki.pkg"}), "is no whole path"),
        (stages({**MUNKI, "version": 6.7}), "has a 'version' that is not a text"),
        (stages({**MUNKI, "donotwait": "yes"}), "'donotwait' that is not true or false"),
        (stages({**MUNKI, "retries": True}), "'retries' that is not a number"),
        (stages({"name": "x", "type": "userscript", "file": "/x"}), "can run in userland alone"),
        (stages({"file": "/x", "type": "rootscript"}), "lacks 'name'"),
        (stages(rollcall={"hash": "x"}), "'rollcall' has 'hash', of which only"),
        (stages(rollcall={"stage": "preflight"}), "can be in the stages setupassistant and"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(
    tmp_path: Path, repo: MunkiRepo, document: object, what: str
) -> None:
    write(tmp_path, "base", document)

    [fault, *_] = [
        fault for fault in faults(repo, tmp_path) if fault.file == "installapplications/base.json"
    ]

    assert what in str(fault)


def test_a_fault_says_the_line_of_the_item_that_has_it(tmp_path: Path, repo: MunkiRepo) -> None:
    write(tmp_path, "base", stages({**MUNKI, "hash": "abc"}))

    [fault] = faults(repo, tmp_path)

    assert fault.line is not None
    text = (tmp_path / "installapplications/base.json").read_text()
    assert '"Munki"' in text.split("\n")[fault.line - 1]


@pytest.mark.parametrize("name", ["base", "sites/london"])
def test_a_sound_document_has_no_faults(tmp_path: Path, repo: MunkiRepo, name: str) -> None:
    write(tmp_path, name, stages(MUNKI, {"name": "x", "type": "rootscript", "file": "/x"}))

    assert faults(repo, tmp_path) == []
    assert list(bootstraps.complaints(json.dumps(stages(MUNKI)))) == []
