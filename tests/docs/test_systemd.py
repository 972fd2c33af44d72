"""The units of deploy/systemd: systemd finds no fault with them, and calls them confined."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from infrastructure.heartbeats.files import PARTS
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    LiveSettings,
    RelaySettings,
    ServerSettings,
    Settings,
)
from tests.docs.test_compose import WRITES
from tests.support.installation import ROOT
from tests.support.installing.packages import program
from tests.support.tables import for_each

UNITS = ROOT / "deploy/systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
COMMON = UNITS / "rollcall-.service.d/common.conf"
EXPOSED_AT_MOST = 3.0  # of 10, as systemd counts
SETTINGS: dict[str, type[Settings]] = {
    "server": ServerSettings,
    "bot": BotSettings,
    "relay": RelaySettings,
    "jobs": JobsSettings,
    "live": LiveSettings,
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, for a Rollcall that lies in this folder: systemd looks for its programs."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    for path in (*folder.glob("*.service"), *folder.glob("*/*.conf")):
        path.write_text(path.read_text().replace("/opt/rollcall", str(ROOT)))
    return folder


def analyzed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The answer of systemd-analyze."""
    command = [program("systemd-analyze"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_there_is_a_unit_for_each_part_and_for_migrations() -> None:
    assert sorted(f"rollcall-{name}.service" for name in (*PARTS, "migrate")) == SERVICES
    for name in (*PARTS, "migrate"):
        assert f"/boot.sh {name}\n" in (UNITS / f"rollcall-{name}.service").read_text()


@for_each("part", PARTS)
def test_a_part_starts_after_the_migrations_and_reads_the_documented_settings(part: str) -> None:
    unit = (UNITS / f"rollcall-{part}.service").read_text()
    [settings] = re.findall(r"^EnvironmentFile=(\S+)$", COMMON.read_text(), re.MULTILINE)

    assert "\nWants=rollcall-migrate.service\nAfter=rollcall-migrate.service\n" in unit
    assert f"`{settings}`" in (ROOT / "docs/how-to/systemd.md").read_text()


def test_a_database_that_comes_up_later_than_this_machine_is_waited_for() -> None:
    """A part that requires the migrations would not be started again where they failed once."""
    for name in PARTS:
        unit = (UNITS / f"rollcall-{name}.service").read_text()
        assert "\nExecStartPre=/opt/rollcall/boot.sh migrate --check\n" in unit
        assert "\nRestart=always\n" in unit
        assert "\nRequires=" not in unit
    assert "\nRestart=on-failure\n" in (UNITS / "rollcall-migrate.service").read_text()


def test_systemd_finds_no_fault_with_them(installed: Path) -> None:
    said = analyzed(
        "verify", "--man=no", installed / "rollcall.target", *installed.glob("*.service")
    )

    assert (said.stdout, said.stderr, said.returncode) == ("", "", 0)


@for_each("name", SERVICES)
def test_systemd_calls_each_of_them_confined(name: str, installed: Path) -> None:
    said = analyzed("security", "--offline=true", "--no-pager", installed / name)

    [exposure] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said.stdout)
    assert float(exposure) <= EXPOSED_AT_MOST


@for_each("part", PARTS)
def test_a_part_gets_the_secrets_that_it_needs_and_writes_manifests_where_it_has_to(
    part: str,
) -> None:
    unit = (UNITS / f"rollcall-{part}.service").read_text()
    named = dict(re.findall(r"^Environment=(\w+)_FILE=%d/(\w+)$", COMMON.read_text(), re.MULTILINE))

    loaded = set(re.findall(r"^LoadCredential=(\w+):/etc/rollcall/secrets/\1$", unit, re.MULTILINE))
    read = {str(field.alias) for field in SETTINGS[part].model_fields.values()}
    # Of what it is told and reads, a file that is missing would stop its start.
    assert loaded == {file for name, file in named.items() if name in read}
    assert ("ReadWritePaths=-/srv/munki_repo/manifests" in unit) is WRITES.get(part, False)
