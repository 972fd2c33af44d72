"""boot.sh adopt --register, as an admin types it: existing Macs become registrations."""

import os
import plistlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.maintenance import adoption
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.layout import Layout, PrefixForm
from provisioning.munki.layout.finder.existing import read_existing
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Operation, Registration
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did, move
from tests.support.inputs.layouts import case_of
from tests.support.installation import CHANNEL, Installation
from tests.support.running.commandline import typed
from tests.support.tables import for_each

pytestmark = pytest.mark.postgresql(instead=True)

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
POLICY = """
[munki]
sites = {prefix = "site_"}
builds = {prefix = "role_"}
[sites.paris]
channel = "C0PARIS"
"""
PREFIXES = Layout(sites=PrefixForm("site_"), builds=PrefixForm("role_"))
Adopt = Callable[..., CompletedProcess[str]]


@pytest.fixture
def munki(tmp_path: Path) -> Path:
    """A repo of prefixes with six Macs, and others that are none, or lead nowhere."""
    folder = case_of("prefixes").make(tmp_path / "munki")
    london = ["site_default", "site_london", "role_design"]
    for name, includes in {
        "C02D01SYNTH1": [*london, "site_paris"],
        "C02D02SYNTH2": ["site_default"],
        "123456789ABC": london,
        "AB-MD-07001": london,
        "C02E01SYNTH1": london,
        "c02e01synth1": london,
        "C02F01SYNTH1": london,
        "C02H01SYNTH1": london[1:],
    }.items():
        write(folder, name, catalogs=["production"], included_manifests=includes)
    write(folder, "extras", included_manifests=["C02F01SYNTH1"])
    (folder / "manifests" / "C02G01SYNTH1").write_text("no manifest")
    return folder


@pytest.fixture
def adopt(tmp_path: Path, munki: Path, database_url: str) -> Adopt:
    """Type `boot.sh adopt`."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text(POLICY)
    there = Installation(tmp_path, munki, NOBODY, database_url=database_url)
    environment = {**there.environment, "ROLLCALL_POLICY": str(policy)}
    return lambda *arguments: typed(environment, "adopt", *arguments)


def write(repo: Path, name: str, **keys: Any) -> None:
    (repo / "manifests" / name).write_bytes(plistlib.dumps(keys))


def open_ones(database: Database) -> dict[str, Registration]:
    with database.reading() as session:
        macs = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return {mac.name: mac for mac in macs}


def said(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Notification).order_by(Notification.id))
        return [(row.channel, row.facts["sentence"]) for row in rows]


def test_a_dry_run_shows_the_macs_and_the_reasons_of_others_and_changes_nothing(
    adopt: Adopt, database: Database
) -> None:
    done = adopt("--register")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "7 Macs to bring in, confirmed, with the manifests that are there.\n"
        "  C02H01SYNTH1  london, design  + site_default (before site_london)\n"
        "  C02A01SYNTH1  london, design  stays as it is\n"
        "  C02A02SYNTH2  paris, kiosk  stays as it is\n"
        "  C02A03SYNTH3  london, kiosk  stays as it is\n"
        "  C02A04SYNTH4  leeds, design  stays as it is\n"
        "Changed by their next first boot: C02H01SYNTH1.\n"
        "Left out, because it is what Macs without a serial say: 123456789ABC.\n"
        "Left out, because it is not named after a serial, or not where Macs' own manifests are: "
        "AB-MD-07001.\n"
        "Left out, because it has 2 sites: C02D01SYNTH1.\n"
        "Left out, because it has no site: C02D02SYNTH2.\n"
        "Left out, because it differs from another one only in case: C02E01SYNTH1, c02e01synth1.\n"
        "Left out, because it is included by others: C02F01SYNTH1.\n"
        "Left out, because it cannot be read: C02G01SYNTH1.\n"
        "Nothing was changed; `boot.sh adopt --register --yes` does it.\n"
    )
    assert (open_ones(database), said(database)) == ({}, [])


def test_yes_registers_them_as_confirmed_and_tells_the_channel_once(
    adopt: Adopt, database: Database, munki: Path
) -> None:
    before = files(munki)

    done = adopt("--register", "--yes")

    assert done.stdout.endswith("\n7 Macs brought in. `boot.sh adopt --undo` takes it back.\n")
    assert files(munki) == before
    macs = open_ones(database)
    assert sorted(macs) == [*(f"C02A0{n}SYNTH{n}" for n in range(1, 7)), "C02H01SYNTH1"]
    mac = macs["C02A02SYNTH2"]
    assert (mac.site, mac.build, mac.state, mac.confirmed_at) == (
        *("paris", "kiosk", "confirmed", None),
    )
    assert (mac.registered_by, mac.channel, mac.card_id) == ("adopted", "C0PARIS", None)
    assert mac.layout == PREFIXES.digest
    assert mac.includes == {
        "ours": [["always", "site_default"], ["site", "site_paris"], ["build", "role_kiosk"]],
        "theirs": [],
        "catalogs": ["production"],
    }
    assert macs["C02H01SYNTH1"].includes == {
        "ours": [["site", "site_london"], ["build", "role_design"]],
        "theirs": [],
        "catalogs": ["production"],
    }
    sentence = (
        "7 Macs of the Munki repo are registered now, as confirmed, with the manifests that were "
        "there. No manifest was changed."
    )
    assert said(database) == [(CHANNEL, sentence)]
    again = adopt("--register", "--yes")
    assert again.stdout.startswith("0 Macs to bring in")
    assert "\nRegistered already: 7 Macs.\n" in again.stdout
    assert again.stdout.endswith("\nThere is nothing to bring in.\n")
    assert len(said(database)) == 1


def test_a_mac_that_is_registered_before_or_meanwhile_stays_as_it_is(
    adopt: Adopt, database: Database, munki: Path
) -> None:
    acting.register(database, "C02A02SYNTH2", to=Destination("leeds", "lab"))

    assert "\nRegistered already: 1 Mac.\n" in adopt("--register", "--yes").stdout
    acting.adopt(database, MunkiRepo(FolderStore(munki), lambda: PREFIXES))
    mac = open_ones(database)["C02A02SYNTH2"]
    assert (mac.site, mac.state, mac.registered_by) == ("leeds", "waiting", "U0ALICE")


def test_undo_closes_what_did_not_go_on_and_it_can_be_done_again(
    adopt: Adopt, database: Database
) -> None:
    adopt("--register", "--yes")
    with database.begin() as session:
        moved = did(session, "moved", by="U0ALICE")
        move(session, Serial("C02A02SYNTH2"), Destination("leeds", "lab"), act=moved)

    undone = adopt("--undo")

    assert undone.stdout == (
        "Taken back: 6 registrations.\nLeft alone, because they went on since: C02A02SYNTH2.\n"
    )
    assert list(open_ones(database)) == ["C02A02SYNTH2"]
    assert said(database)[-1][1] == "The adoption of 6 Macs of the Munki repo was taken back."
    assert adopt("--undo").stderr == "There is nothing to undo.\n"
    assert "6 Macs brought in." in adopt("--register", "--yes").stdout


def test_of_several_adoptions_the_last_is_undone_first(
    adopt: Adopt, database: Database, munki: Path
) -> None:
    adopt("--register", "--yes")
    includes = ["site_default", "site_leeds", "role_lab"]
    write(munki, "C02J01SYNTH1", catalogs=["production"], included_manifests=includes)
    adopt("--register", "--yes")

    assert adopt("--undo").stdout == "Taken back: 1 registration.\n"
    assert len(open_ones(database)) == 7


def test_a_run_that_was_killed_is_gone_on_with_as_the_same_operation(
    adopt: Adopt, database: Database, munki: Path
) -> None:
    store = FolderStore(munki)
    view = MunkiRepo(store, lambda: PREFIXES).now()
    macs = read_existing(store, view.places).macs
    with database.begin() as session:
        operation = adoption.begin(session, datetime.now(UTC))
        adoption.bring_in(session, operation, macs[:3], PREFIXES, lambda _: CHANNEL)

    done = adopt("--register", "--yes")

    assert done.stdout.startswith("4 Macs to bring in")
    assert "\n7 Macs brought in." in done.stdout
    assert len(said(database)) == 1
    with database.reading() as session:
        assert session.scalars(select(Operation.id)).all() == [operation]
    assert adopt("--undo").stdout == "Taken back: 7 registrations.\n"


def test_an_undo_that_was_killed_is_gone_on_with(adopt: Adopt, database: Database) -> None:
    adopt("--register", "--yes")
    with database.begin() as session:
        undo = adoption.begin_undo(session, datetime.now(UTC))
        assert adoption.undo_page(session, undo, page=3)

    assert adopt("--undo").stdout == "Taken back: 4 registrations.\n"
    assert open_ones(database) == {}


@pytest.mark.postgresql
def test_undo_takes_back_what_was_done_last_a_rename_or_an_adoption(
    adopt: Adopt, database: Database, tmp_path: Path
) -> None:
    adopt("--register", "--yes")
    creative = 'names = {creative = "role_design", kiosk = "role_kiosk", lab = "role_lab"}'
    table = POLICY.replace('prefix = "role_"', creative)
    (tmp_path / "rollcall.toml").write_text(table)

    assert "3 registrations renamed." in adopt("--from-current", "--yes").stdout
    assert open_ones(database)["C02A01SYNTH1"].build == "creative"
    assert adopt("--undo").stdout == "Taken back: 3 registrations renamed.\n"
    assert open_ones(database)["C02A01SYNTH1"].build == "design"
    assert adopt("--undo").stdout == "Taken back: 7 registrations.\n"


@for_each(
    ("arguments", "told"),
    [
        (["--yes"], "--yes goes with --register or --from-current."),
        (["--register", "--undo"], "go with no place, and not together."),
        (["--register", "/munki_repo"], "go with no place, and not together."),
    ],
)
def test_a_mistake_is_one_sentence(adopt: Adopt, arguments: list[str], told: str) -> None:
    done = adopt(*arguments)

    assert done.returncode != 0
    assert told in done.stderr


def files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        os.fspath(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")
    }
