"""The JSON for InstallApplications: its items, and the hash of its script."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioning.access.errors import ExpiredToken
from provisioning.access.tokens import Tokens
from provisioning.clients.check import findings
from provisioning.clients.installapplications import schema
from provisioning.clients.installapplications.document import InstallApplications, StagesDocument
from provisioning.clients.installapplications.promises import Promise
from provisioning.clients.scripts import Scripts
from provisioning.munki import Destination, MunkiRepo
from tests.support.fixtures.repo import LONDON, PARIS
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

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


def tokens(now: float) -> Tokens:
    return Tokens(SECRET_KEY, timedelta(hours=72), clock=lambda: now)


class Server:
    """A server process with a clock of its own; two of them share nothing but the settings."""

    def __init__(self, folder: Path | None = None, now: float = START) -> None:
        scripts = Scripts(URL, tokens(now), folder, clock=lambda: now)
        self._makes = InstallApplications(URL, tokens(now), scripts, folder, clock=lambda: now)

    def made(self, to: Destination = LONDON) -> StagesDocument:
        return self._makes.document(to)

    def document(self, to: Destination = LONDON) -> bytes:
        return self.made(to).content

    def promise(self, to: Destination = LONDON) -> Promise:
        return self.made(to).promise

    def stages(self, to: Destination = LONDON) -> dict[str, list[dict[str, Any]]]:
        return dict(json.loads(self.document(to)))


def write(folder: Path, name: str, document: object) -> None:
    path = folder / "installapplications" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))


def stages(*items: object, **more: object) -> dict[str, object]:
    return {"setupassistant": [*items], "userland": [], **more}


def test_both_stages_that_are_needed_are_there_and_the_script_is_the_first_item() -> None:
    made = Server().stages()

    assert set(made) == {"setupassistant", "userland"}
    [item] = made["setupassistant"]
    assert item["type"] == "rootscript"
    assert item["file"].startswith("/Library/installapplications/")
    assert item["retries"] * item["retrywait"] >= 60, "a server that is restarted is back by then"
    assert made["userland"] == []


@for_each("to", [LONDON, PARIS, Destination("King's Cross? 100%", "R&D #1 é")])
def test_the_script_has_the_hash_that_the_json_says(to: Destination) -> None:
    server = Server()
    [item] = server.stages(to)["setupassistant"]

    promise = server.promise(to)

    assert hashlib.sha256(promise.content).hexdigest() == item["hash"] == promise.digest
    assert item["url"].endswith(f"/{promise.digest}.sh")
    assert item["url"].isascii()
    assert " " not in item["url"]
    assert promise.content.startswith(b"#!/bin/sh\n")


def test_another_server_makes_the_same_json_in_the_same_window() -> None:
    assert Server(now=START + 3600).document() == Server().document()
    assert Server(now=START + WINDOW).document() != Server().document()


def test_a_promise_is_made_for_as_long_as_the_token_in_the_script_is_good() -> None:
    for now in (START, START + WINDOW - 1):
        promise = Server(now=now).promise()

        assert promise.until == datetime.fromtimestamp(START + 5 * WINDOW, UTC)
        assert f"token={promise.token}\n" in promise.content.decode()
        for moment in (promise.until.timestamp(), now):
            assert tokens(moment).verify(promise.token).destination == LONDON
        with pytest.raises(ExpiredToken):
            tokens(promise.until.timestamp() + 1).verify(promise.token)


@for_each(
    ("url", "hosts"),
    [
        ("https://munki.example.com/munki.pkg", ("munki.example.com",)),
        ("http://Munki.Example.com.:8080/x?y", ("munki.example.com",)),
        ("http://[fd00::1]/munki.pkg", ("fd00::1",)),
        ("http://[/munki.pkg", ("http://[/munki.pkg",)),
        ("http://user@cdn.example.com/x", ("cdn.example.com",)),
        (f"{URL}/munki.pkg", ()),
        ("http://MAC.lan/repo/munki.pkg", ()),
    ],
)
def test_the_other_hosts_of_a_json_are_known(
    tmp_path: Path, url: str, hosts: tuple[str, ...]
) -> None:
    write(tmp_path, "base", stages({**MUNKI, "url": url}, {"name": "x", "type": "rootscript"}))

    assert Server(tmp_path).made().hosts == hosts


def test_an_admins_items_follow_the_script_with_all_that_every_release_wants(
    tmp_path: Path,
) -> None:
    write(tmp_path, "base", stages(MUNKI, preflight=[]))

    made = Server(tmp_path).stages()

    assert [item["name"] for item in made["setupassistant"]][1:] == ["Munki"]
    assert made["setupassistant"][1] == {**MUNKI, "retries": 3, "retrywait": 5}
    assert made["preflight"] == []


def test_files_can_be_placed_for_go_installapplications(tmp_path: Path, repo: MunkiRepo) -> None:
    file = {"name": "x", "file": "/x", "url": "https://example.com/x", "hash": "0" * 64}
    root, user = ({**file, "type": kind} for kind in ("rootfile", "userfile"))
    write(tmp_path, "base", {"setupassistant": [root], "userland": [user]})

    assert not [found for found in findings(repo, tmp_path) if BASE in str(found)]


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
    change["fail_policy"] = "failure_is_not_an_option"
    write(tmp_path, "base", stages(rollcall=change))

    made = Server(tmp_path).stages()

    assert set(made) == {"setupassistant", "userland"}
    [item] = made["userland"]
    assert {key: item[key] for key in change if key != "stage"} == {
        "file": "/Library/Acme/rollcall.sh",
        "retries": 5,
        "fail_policy": "failure_is_not_an_option",
    }


@for_each(
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
        (stages(rollcall={"fail_policy": "never"}), "'fail_policy' that is none of failable, "),
        (stages({**MUNKI, "donotwait": "yes"}), "'donotwait' that is not true or false"),
        (stages({**MUNKI, "retries": True}), "'retries' that is not a number"),
        (stages({"name": "x", "type": "userscript", "file": "/x"}), "can run in userland alone"),
        (stages({"name": "x", "type": "userfile", "file": "/x"}), "placed in userland alone"),
        (stages({"file": "/x", "type": "rootscript"}), "lacks 'name'"),
        (stages(rollcall={"hash": "x"}), "'rollcall' has 'hash', of which only"),
        (stages(rollcall={"stage": "preflight"}), "can be in the stages setupassistant and"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(
    tmp_path: Path, repo: MunkiRepo, document: object, what: str
) -> None:
    write(tmp_path, "base", document)

    [finding, *_] = [
        finding
        for finding in findings(repo, tmp_path)
        if finding.location and finding.location.file == BASE
    ]

    assert what in str(finding)


def test_a_fault_says_the_line_of_the_item_that_has_it(tmp_path: Path, repo: MunkiRepo) -> None:
    write(tmp_path, "base", stages({**MUNKI, "hash": "abc"}))

    [finding] = findings(repo, tmp_path)

    assert finding.location is not None
    assert finding.location.line is not None
    text = (tmp_path / "installapplications/base.json").read_text()
    assert '"Munki"' in text.split("\n")[finding.location.line - 1]


@pytest.mark.parametrize("name", ["base", "sites/london"])
def test_a_sound_document_has_no_faults(tmp_path: Path, repo: MunkiRepo, name: str) -> None:
    write(tmp_path, name, stages(MUNKI, {"name": "x", "type": "rootscript", "file": "/x"}))

    assert findings(repo, tmp_path) == []
    assert list(schema.findings(json.dumps(stages(MUNKI)))) == []
