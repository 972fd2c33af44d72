"""Macs that were registered in one layout of the repo, and boot in another."""

import plistlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import benches
from provisioning.firstboot.placement import Requested
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout import DEFAULT, Layout, NamesForm, PrefixForm
from provisioning.munki.models import KeptLayout
from provisioning.munki.storage import FolderStore
from provisioning.registrations.models import CONFIRMED, FAILED, Event, Registration
from provisioning.values.serials import Serial
from rollcall.application import Application
from tests.support import acting
from tests.support.acting import LONDON, did, undo
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL
from tests.support.owed import troubles
from tests.support.running import settings

Boot = Callable[[], None]

MAC = Serial("C02AAA")
FLAT = Layout(sites=PrefixForm("site_"), builds=PrefixForm("role_"))
LISTED = Layout(
    sites=NamesForm((("london", "site_london"),)), builds=NamesForm((("design", "role_design"),))
)


class Repo(MunkiRepo):
    """A Munki repo whose layout a test changes."""

    def __init__(self, folder: Path) -> None:
        self.layout = DEFAULT
        super().__init__(FolderStore(folder), lambda: self.layout)


@pytest.fixture
def repo(repo_folder: Path) -> Repo:
    for name in ("site_london", "site_paris", "role_design"):
        (repo_folder / "manifests" / name).write_bytes(plistlib.dumps({}))
    return Repo(repo_folder)


@pytest.fixture
def boot(database: Database, repo: Repo) -> Callable[..., None]:
    """Have a Mac ask for its manifest."""
    service = FirstBootService(
        database, repo, channel=CHANNEL, suppress_window=timedelta(minutes=5)
    )

    def booted(serial: Serial = MAC) -> None:
        service.provision(ManifestCall(serial), repo.now())

    return booted


def register(database: Database, destination: Destination, *serials: str) -> None:
    acting.register(database, *(serials or [MAC.text]), to=destination)


def registration(database: Database) -> Registration:
    with database.reading() as session:
        return session.scalars(select(Registration)).one()


def test_a_mac_whose_names_lead_elsewhere_now_gets_no_manifest(
    database: Database, repo: Repo, repo_folder: Path, boot: Boot
) -> None:
    register(database, repo.now().destination("london", "design"))
    repo.layout = FLAT

    with pytest.raises(LayoutChanged) as caught:
        boot()

    assert str(caught.value) == (
        "The site 'london' was included_manifests/sites/london when this Mac was registered for "
        "it, and that name is site_london now; nothing was written. "
        "Type: boot.sh adopt --from-current"
    )
    assert registration(database).state == FAILED
    assert not (repo_folder / "manifests" / MAC.text).exists()


def test_a_name_that_is_no_more_is_said_so(database: Database, repo: Repo, boot: Boot) -> None:
    repo.layout = FLAT
    register(database, repo.now().destination("paris", "design"))
    repo.layout = LISTED

    with pytest.raises(LayoutChanged, match=r"'paris' was site_paris .* there is no such name now"):
        boot()


@pytest.mark.postgresql(instead=True)
def test_a_mac_whose_names_lead_where_they_led_goes_on_and_is_of_the_new_layout(
    database: Database, repo: Repo, boot: Boot
) -> None:
    repo.layout = FLAT
    register(database, repo.now().destination("london", "design"))
    repo.layout = LISTED

    boot()

    with database.reading() as session:
        kept = {row.digest: row.content for row in session.scalars(select(KeptLayout))}
        told = session.scalars(select(Event).where(Event.what == "confirmed")).one()
    assert told.after is not None
    assert told.after["layout"] == LISTED.digest
    assert registration(database).layout == LISTED.digest
    assert registration(database).state == CONFIRMED
    assert kept == {layout.digest: layout.to_json() for layout in (FLAT, LISTED)}


def test_a_build_that_is_chosen_no_more_does_not_go_silently(
    database: Database, repo: Repo, boot: Boot
) -> None:
    register(database, repo.now().destination("london", "design"))
    repo.layout = Layout(builds=None)

    with pytest.raises(LayoutChanged, match="build 'design' was included_manifests/builds/design"):
        boot()


def test_a_site_that_is_included_no_more_does_not_go_silently(
    database: Database, repo: Repo, boot: Boot
) -> None:
    register(database, repo.now().destination("london", "design"))
    repo.layout = Layout(includes_site=False)

    with pytest.raises(LayoutChanged, match=r"sites/london \(which is not included\) now"):
        boot()


@pytest.mark.postgresql
def test_a_mac_that_is_moved_goes_where_its_names_lead_now_and_back_by_an_undo(
    database: Database, repo: Repo, boot: Boot
) -> None:
    register(database, repo.now().destination("london", "design"))
    repo.layout = FLAT
    with database.begin() as session:
        act = did(session, "moved", by="U0ALICE")
        acting.move(session, MAC, repo.now().destination("london", "design"), act=act)
    assert registration(database).layout == FLAT.digest

    with database.begin() as session:
        undo(session, act.id, by="U0ALICE", at=datetime.now(UTC))

    assert registration(database).layout is None
    with pytest.raises(LayoutChanged):
        boot()


def test_a_bench_registers_in_the_layout_in_which_it_was_opened(
    database: Database, repo: Repo, boot: Boot
) -> None:
    with database.begin() as session:
        act = did(session, "benched", by="U0ALICE")
        benches.start(
            session,
            repo.now().destination("london", "design"),
            number=2,
            until=datetime.now(UTC) + timedelta(hours=1),
            operation=act,
            channel=CHANNEL,
        )
    repo.layout = FLAT

    with pytest.raises(LayoutChanged):
        boot()


def test_a_mac_that_only_its_script_registered_is_of_the_layout_of_its_call(
    database: Database, repo: Repo
) -> None:
    repo.layout = FLAT
    service = FirstBootService(
        database, repo, channel=CHANNEL, suppress_window=timedelta(minutes=5)
    )

    service.provision(ManifestCall(MAC, Requested("london", "design")), repo.now())

    assert registration(database).layout == FLAT.digest


def test_the_channel_hears_once_of_a_layout_that_changed(
    database: Database, repo_folder: Path, tmp_path: Path
) -> None:
    register(database, LONDON)
    register(database, Destination("paris", "kiosk"), "C02BBB")
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = {prefix = "site_"}\nbuilds = {prefix = "role_"}\n')
    given = settings.server_settings(repo_folder, ROLLCALL_POLICY=str(policy))
    script = Script(Application(given, database=database).web_app().test_client())

    answers = [script.manifest(serial=serial) for serial in ("C02AAA", "C02BBB")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "boot.sh adopt --from-current" in answers[0].text
    assert len(troubles(database)) == 1
