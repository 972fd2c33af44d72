"""Munki's ClientIdentifier on a Mac that Rollcall named: set by the script, or left as it is."""

import os
import plistlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.fakes.mac.preferences import LEVELS, MACS, PROFILE, ROOTS, Preferences
from tests.fakes.munki.client import MunkiClient
from tests.fakes.munki.mirrors import Web, web
from tests.provisioning.registrations.naming import LONDON, PARIS, call, cautions, register
from tests.server.machines.booting import boot
from tests.support.fixtures.doors import Script
from tests.support.soaking import first, in_soak, rows_in_soak

MAC = "C02XG0FDJGH5"
SAME_WAY = "the script looks at each level in one way"


pytestmark = pytest.mark.policy("")


@pytest.fixture
def preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preferences:
    """The preferences of a Mac whose `defaults` and `scutil` are in PATH."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "scutil").write_text(f'#!/bin/sh\necho "$2 $3" >> "{tmp_path}/set"\n')
    (tools / "scutil").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Preferences(tmp_path / "mac", tools)


@pytest.fixture
def shown(repo_folder: Path) -> Iterator[Web]:
    """The repo, as its web server shows it."""
    with web(repo_folder) as server:
        yield server


def put(repo_folder: Path, name: str) -> None:
    """Have an admin make a manifest."""
    content = plistlib.dumps({"catalogs": ["production"], "managed_installs": ["Figma"]})
    (repo_folder / "manifests" / name).write_bytes(content)


def test_a_mac_that_has_a_name_asks_for_its_own_manifest_from_then_on(
    url: str, database: Database, preferences: Preferences, shown: Web, repo_folder: Path
) -> None:
    """Also where its script runs again, and a manifest of its host name comes long after that."""
    register(database, MAC, to=PARIS)
    call(database, MAC, "lab-07")

    code, said = boot(MAC, url)
    again, said_then = boot(MAC, url)
    put(repo_folder, "lab-07")

    assert (code, f"Munki asks for the manifest {MAC}" in said) == (0, True)
    assert (again, "ClientIdentifier" in said_then) == (0, False)
    assert cautions(database) == []  # its own serial is no other one
    assert preferences.at(MACS) == {"ClientIdentifier": MAC}
    client = MunkiClient(shown.url, MAC, "lab-07", preferences.identifier)
    assert client.check().primary == MAC
    assert MunkiClient(shown.url, MAC, "lab-07").check().primary == "lab-07"


@pytest.mark.parametrize(
    ("policy", "is_named", "is_set"),
    [
        ("", False, False),
        ("client_identifier = true", False, True),
        ("client_identifier = false", True, False),
        *in_soak("others boot with a name", ("", True, True)),
    ],
)
def test_the_policy_says_for_which_macs(
    policy_file: Path,
    database: Database,
    preferences: Preferences,
    request: pytest.FixtureRequest,
    policy: str,
    is_named: bool,
    is_set: bool,
) -> None:
    policy_file.write_text(policy)
    register(database, MAC, to=PARIS)
    if is_named:
        call(database, MAC, "lab-07")

    assert boot(MAC, request.getfixturevalue("url"), "paris", "basic")[0] == 0

    assert preferences.identifier == (MAC if is_set else "")
    assert cautions(database) == []


def test_a_mac_that_only_its_script_brings_in_is_one_of_them(
    policy_file: Path, database: Database, preferences: Preferences, request: pytest.FixtureRequest
) -> None:
    policy_file.write_text('[sites.london]\nname = "lab-{n}"\n')

    assert boot(MAC, request.getfixturevalue("url"), "london", "design")[0] == 0

    assert preferences.identifier == MAC
    assert cautions(database) == []


@rows_in_soak("where it was set makes no difference", "level1")
@pytest.mark.parametrize("level", first(2, LEVELS, SAME_WAY))
def test_one_that_is_set_already_is_left_and_told(
    url: str, database: Database, preferences: Preferences, level: str
) -> None:
    register(database, MAC)
    call(database, MAC, "lab-07")
    preferences.put(level, ClientIdentifier="groups/lab & more", SoftwareRepoURL="http://munki")

    code, said = boot(MAC, url)

    assert (code, "which is left" in said) == (0, True)
    assert preferences.at(level)["ClientIdentifier"] == "groups/lab & more"
    assert sum("ClientIdentifier" in preferences.at(each) for each in LEVELS) == 1
    [caution] = cautions(database)
    assert "has the ClientIdentifier 'groups/lab & more' on C02XG0FDJGH5 already" in caution


def test_the_first_that_munki_finds_is_told(
    url: str, database: Database, preferences: Preferences
) -> None:
    register(database, MAC)
    preferences.put(PROFILE, ClientIdentifier="of-a-profile")
    preferences.put(MACS, ClientIdentifier="of-the-mac")

    boot(MAC, url)

    assert "'of-a-profile'" in cautions(database)[0]


def test_an_empty_one_is_none(url: str, database: Database, preferences: Preferences) -> None:
    """Munki writes it there by itself, to show what could be set; other keys stay."""
    register(database, MAC)
    call(database, MAC, "lab-07")
    preferences.put(MACS, ClientIdentifier="", SoftwareRepoURL="http://munki")

    boot(MAC, url)

    assert preferences.at(MACS) == {"ClientIdentifier": MAC, "SoftwareRepoURL": "http://munki"}
    assert cautions(database) == []


@pytest.mark.parametrize("level", [PROFILE, *in_soak(SAME_WAY, ROOTS)])
def test_where_an_empty_one_cannot_be_outdone_the_script_says_so_and_ends_well(
    url: str, database: Database, preferences: Preferences, level: str
) -> None:
    register(database, MAC)
    call(database, MAC, "lab-07")
    preferences.put(level, ClientIdentifier="")

    code, said = boot(MAC, url)

    assert (code, "cannot be set" in said) == (0, True)


def test_a_mac_without_that_tool_is_confirmed(url: str, database: Database) -> None:
    register(database, MAC)
    call(database, MAC, "lab-07")

    code, said = boot(MAC, url)

    assert (code, f"the manifest of {MAC} is written" in said) == (0, True)


def test_a_script_of_before_is_answered_as_before(script: Script, database: Database) -> None:
    register(database, MAC)
    call(database, MAC, "lab-07")

    assert script.manifest(serial=MAC).text == "Manifest saved"
    assert script.manifest(serial=MAC, client_identifier="").text == f"Manifest saved\n{MAC}"


def test_what_a_mac_says_of_itself_is_shown_short_and_in_one_line(
    script: Script, database: Database
) -> None:
    register(database, MAC)

    script.manifest(serial=MAC, client_identifier="a\x00\nb <!channel> " + "x" * 5000)

    [caution] = cautions(database)
    assert "'ab <!channel> xxx" in caution
    assert len(caution) < 400


def test_the_file_is_named_as_the_mac_names_itself(script: Script, database: Database) -> None:
    virtual = "VMware-56+4d.A_b="
    register(database, virtual, to=LONDON)
    call(database, virtual, "lab-07")

    answer = script.manifest(serial=virtual, client_identifier="")

    assert answer.text == f"Manifest saved\n{virtual}"
