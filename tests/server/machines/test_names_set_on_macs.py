"""Names that the script sets on a Mac."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.fakes.mac import Mac
from tests.provisioning.registrations.naming import PARIS, call, register
from tests.server.machines.booting import boot
from tests.support.installation import PASSWORD, USERNAME

SCUTIL = """#!/bin/sh
printf '%s\\n' "$*" >> "$SET"
[ ! -e "$SET.broken" ]
"""


pytestmark = pytest.mark.policy('[sites.london.names]\ndesign = "lab-{n:03}"\n')


@pytest.fixture
def scutil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scutil in PATH, and the file of what it was told."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "scutil").write_text(SCUTIL.replace("$SET", str(tmp_path / "set")))
    (tools / "scutil").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return tmp_path / "set"


def test_the_name_arrives_at_the_mac_before_its_manifest(
    url: str, database: Database, scutil: Path
) -> None:
    register(database, "C02AAA")
    call(database, "C02AAA", "Zürich Lab 7")

    code, said = boot("C02AAA", url)

    assert code == 0
    assert scutil.read_text().splitlines() == [
        "--set ComputerName Zürich Lab 7",
        "--set LocalHostName Zurich-Lab-7",
        "--set HostName Zurich-Lab-7",
    ]
    assert said.index("is called Zürich Lab 7") < said.index("the manifest of C02AAA is written")


def test_a_mac_that_only_its_script_brings_in_is_named_after_its_manifest(
    url: str, database: Database, scutil: Path
) -> None:
    code, said = boot("C02AAA", url, "london", "design")

    assert code == 0
    assert scutil.read_text().splitlines()[0] == "--set ComputerName lab-001"
    with database.reading() as session:
        assert session.scalars(select(Registration)).one().called == "lab-001"
    assert "C02AAA is called lab-001" in said


def test_a_mac_that_has_no_name_keeps_the_one_it_has(
    url: str, database: Database, scutil: Path
) -> None:
    register(database, "C02AAA", to=PARIS)

    assert boot("C02AAA", url, "paris", "basic")[0] == 0
    assert not scutil.exists()


def test_a_name_that_cannot_be_set_does_not_stop_the_manifest(
    url: str, database: Database, scutil: Path, repo_folder: Path
) -> None:
    register(database, "C02AAA")
    scutil.with_name("set.broken").touch()

    code, said = boot("C02AAA", url)

    assert code == 0
    assert "cannot be called lab-001" in said
    assert (repo_folder / "manifests/C02AAA").exists()


def test_a_server_that_has_no_names_does_not_stop_the_manifest(
    url: str, database: Database, scutil: Path, repo_folder: Path
) -> None:
    register(database, "C02AAA")
    one = Mac("C02AAA", url, username=USERNAME, password=PASSWORD)
    script = one.fetch().replace("http://127.0.0.1:5000", url)
    script = script.replace("/computer_name", "/not_there")

    assert one.run(one.prepare(script)).code == 0
    assert not scutil.exists()
    assert (repo_folder / "manifests/C02AAA").exists()
