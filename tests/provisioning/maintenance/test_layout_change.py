"""The renames that a change of the repo's layout needs: proposed, done, taken back."""

import plistlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.access import credentials
from provisioning.access.accounts.models import Screen
from provisioning.access.models import INSTALLAPPLICATIONS, SCRIPTS, Credential
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import TokenWish
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.firstboot.reports import ERROR, Report, ReportRecorder
from provisioning.firstboot.service import FirstBootService, ManifestCall
from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change import NoRenameToUndo, RenameProposal, UnknownNewNames
from provisioning.maintenance.layout_change.renames import PAGE
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.errors import LayoutChanged, UnknownSite
from provisioning.munki.layout import (
    DEFAULT,
    FolderForm,
    Layout,
    ManifestKind,
    MatchForm,
    NamesForm,
    PrefixForm,
)
from provisioning.munki.layout.renaming import Said
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import CARD, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.registrations.names.generated_names import take_number, upcoming_number
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did
from tests.support.installation import CHANNEL

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
MANIFESTS = ("places/uk/london", "places/fr/paris", "places/rome", "role_design", "role_kiosk")
NESTED = Layout(sites=FolderForm("places"), builds=PrefixForm("role_"))
SCREEN_TIMES = {"paired_at": NOON, "seen_at": NOON}
LONDON, PARIS = Destination("london", "design"), Destination("paris", "kiosk")


class Installation:
    """An installation whose layout a test changes."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.layout = database, DEFAULT
        self.repo = MunkiRepo(FolderStore(folder), lambda: self.layout)
        self.policy = Policy.open()

    def register(self, destination: Destination, *serials: str) -> None:
        with self.database.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=NOON)
            macs = [Serial(serial) for serial in serials]
            registrations.register(session, macs, destination, operation=act, channel=CHANNEL)

    def propose(self, said: Said | None = None, templates: Path | None = None) -> RenameProposal:
        with self.database.reading() as session:
            return layout_change.propose(
                session, self.repo.now(), self.policy, said=said or {}, templates=templates
            )

    def rename(self, said: Said | None = None, page: int = PAGE) -> layout_change.Renamed:
        with self.database.begin() as session:
            proposal = layout_change.propose(session, self.repo.now(), self.policy, said=said or {})
            return layout_change.rename(session, proposal, LATER, page=page)

    def undo(self, page: int = PAGE) -> layout_change.Renamed:
        with self.database.begin() as session:
            return layout_change.undo(session, LATER + timedelta(days=2), page=page)

    def boot(self, serial: str) -> None:
        service = FirstBootService(
            self.database, self.repo, channel=CHANNEL, suppress_window=timedelta(minutes=5)
        )
        service.provision(ManifestCall(Serial(serial)), self.repo.now())

    def macs(self) -> dict[str, tuple[str, str, str | None]]:
        with self.database.reading() as session:
            rows = session.scalars(select(Registration)).all()
            return {row.serial: (row.site, row.build, row.layout) for row in rows}

    def rows(self, table: type[Card | Bench | Credential]) -> list[tuple[str | None, str | None]]:
        with self.database.reading() as session:
            query = select(table.site, table.build).order_by(table.id)
            return [(site, build) for site, build in session.execute(query)]

    def findings(self) -> list[Finding]:
        with self.database.reading() as session:
            return list(layout_change.findings(session, self.layout))


@pytest.fixture
def installation(database: Database, repo_folder: Path) -> Installation:
    for path in MANIFESTS:
        file = repo_folder / "manifests" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps({}))
    return Installation(database, repo_folder)


@pytest.mark.postgresql(soak=True)
def test_registrations_get_the_names_of_the_layout_and_go_on(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA", "C02BBB")
    installation.register(PARIS, "C02CCC")
    installation.layout = NESTED
    with pytest.raises(LayoutChanged):
        installation.boot("C02AAA")

    renamed = installation.rename()

    assert renamed.registrations == 3
    assert installation.macs() == {
        "C02AAA": ("uk/london", "design", NESTED.digest),
        "C02BBB": ("uk/london", "design", NESTED.digest),
        "C02CCC": ("fr/paris", "kiosk", NESTED.digest),
    }
    assert installation.rows(Card) == [("uk/london", "design"), ("fr/paris", "kiosk")]
    installation.boot("C02AAA")


def test_a_kind_that_the_former_layout_had_not_is_asked_for(installation: Installation) -> None:
    installation.layout = Layout(sites=None)
    installation.register(Destination("", "design", installation.layout), "C02AAA", "C02BBB")
    installation.layout = Layout()

    [found] = installation.findings()
    with pytest.raises(UnknownNewNames, match="--rename site:=NEW"):
        installation.rename()
    installation.rename({(ManifestKind.SITE, ""): "london"})

    assert found.message == (
        "The present layout has sites, which the former one had not, and 2 registrations have none."
    )
    assert installation.macs() == dict.fromkeys(("C02AAA", "C02BBB"), ("london", "design", None))


@pytest.mark.postgresql(instead=True)
def test_an_undo_takes_all_back_but_what_changed_since(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA", "C02BBB")
    installation.register(PARIS, "C02CCC")
    installation.layout = NESTED
    installation.rename()
    installation.boot("C02AAA")  # which changes no name
    with installation.database.begin() as session:
        act, rome = did(session, "moved", by="U0ALICE"), Destination("rome", "kiosk", NESTED)
        acting.move(session, Serial("C02CCC"), rome, act=act)

    undone = installation.undo()

    assert (undone.registrations, undone.left) == (2, ["C02CCC"])
    assert installation.macs() == {
        "C02AAA": ("london", "design", None),
        "C02BBB": ("london", "design", None),
        "C02CCC": ("rome", "kiosk", NESTED.digest),
    }
    assert installation.rows(Card)[0] == ("london", "design")
    with pytest.raises(NoRenameToUndo):
        installation.undo()


@pytest.mark.postgresql
def test_the_open_bench_and_keys_are_renamed_and_put_back(installation: Installation) -> None:
    with installation.database.begin() as session:
        act = did(session, "benched", by="U0ALICE", at=NOON)
        until = datetime.now(UTC) + timedelta(hours=1)
        benches.start(session, LONDON, number=2, until=until, operation=act, channel=CHANNEL)
        credentials.make(session, "london", SCRIPTS, NOON)
        credentials.make(session, "paris", INSTALLAPPLICATIONS, NOON, build="kiosk")
        credentials.make(session, None, SCRIPTS, NOON)
    installation.layout = NESTED

    renamed = installation.rename()

    assert (renamed.benches, renamed.keys) == (1, 2)
    assert installation.rows(Bench) == [("uk/london", "design")]
    keys = [("uk/london", None), ("fr/paris", "kiosk"), (None, None)]
    assert installation.rows(Credential) == keys
    installation.undo()
    assert installation.rows(Bench) == [("london", "design")]
    assert installation.rows(Credential) == [("london", None), ("paris", "kiosk"), (None, None)]


@pytest.mark.postgresql
def test_what_is_bound_to_sites_is_renamed_and_put_back(installation: Installation) -> None:
    def bound() -> list[object]:
        with installation.database.reading() as session:
            found = [(each.name, each.sites) for each in tokens.listed(session)[::-1]]
            hooked = session.scalars(select(Webhook.sites).order_by(Webhook.id))
            return [*found, *hooked, *session.scalars(select(Screen.site))]

    with installation.database.begin() as session:
        for sites in (None, ("london", "paris"), ("leeds", "rome"), ("london",)):
            wish = TokenWish("desk", (READ,), sites)
            tokens.make(session, wish, made_by=None, at=NOON)
        tokens.revoke(session, 4, NOON)
        for places in ((), ("london",)):
            hooks.make(session, "https://example.com", by="U0ALICE", at=NOON, sites=places)
        session.add(Screen(digest="1", site="paris", agent="", paired_by="", **SCREEN_TIMES))
    before = bound()
    installation.layout = NESTED

    renamed = installation.rename()

    assert renamed.bindings == {"token": 1, "webhook": 1, "screen": 1}
    assert bound() == [
        ("desk", None),
        ("desk", ("fr/paris", "uk/london")),
        ("desk", ("leeds", "rome")),
        ("desk", ("london",)),
        [],
        ["uk/london"],
        "fr/paris",
    ]
    installation.undo()
    assert bound() == before


def test_names_that_nobody_can_guess_are_asked_for_and_nothing_is_done(
    installation: Installation,
) -> None:
    installation.register(Destination("new york", "design"), "C02AAA")
    installation.register(Destination("london", "developer"), "C02BBB")
    installation.layout = NESTED
    before = installation.macs()

    with pytest.raises(UnknownNewNames) as caught:
        installation.rename()

    assert str(caught.value) == (
        "Nothing was changed; say what these names are now: "
        "--rename 'site:new york=NEW' --rename build:developer=NEW"
    )
    assert installation.macs() == before
    said = {(ManifestKind.SITE, "new york"): "rome", (ManifestKind.BUILD, "developer"): "kiosk"}
    installation.rename(said)
    assert installation.macs()["C02AAA"] == ("rome", "design", NESTED.digest)
    assert installation.macs()["C02BBB"] == ("uk/london", "kiosk", NESTED.digest)


def test_a_name_that_the_repo_does_not_have_is_refused(installation: Installation) -> None:
    installation.layout = NESTED

    with pytest.raises(UnknownSite):
        installation.propose({(ManifestKind.SITE, "london"): "nowhere"})


def test_the_same_path_says_the_new_name_before_the_same_name_does(
    installation: Installation, repo_folder: Path
) -> None:
    """Two sites change their names with one another."""
    installation.layout = Layout(sites=NamesForm((("a", "role_design"), ("b", "role_kiosk"))))
    installation.register(Destination("a", "design", installation.layout), "C02AAA", "C02CCC")
    installation.register(Destination("b", "design", installation.layout), "C02BBB")
    installation.layout = Layout(sites=NamesForm((("b", "role_design"), ("a", "role_kiosk"))))

    installation.rename(page=1)

    assert installation.macs() == {
        "C02AAA": ("b", "design", installation.layout.digest),
        "C02BBB": ("a", "design", installation.layout.digest),
        "C02CCC": ("b", "design", installation.layout.digest),
    }
    assert installation.rows(Card) == [("b", "design"), ("a", "design")]


def test_a_site_is_found_in_the_path_of_a_build(
    installation: Installation, repo_folder: Path
) -> None:
    installation.layout = Layout(sites=None, builds=FolderForm("places"))
    installation.register(Destination("", "uk/london", installation.layout), "C02AAA")
    installation.layout = Layout(
        sites=MatchForm("places/*/"), builds=MatchForm("places/{site}/*"), includes_site=False
    )
    (repo_folder / "manifests" / "places" / "x").mkdir()

    installation.rename()

    assert installation.macs()["C02AAA"][:2] == ("uk", "london")


def test_numbers_of_names_go_on(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    pattern = {"names": {"design": "{site}-{n:03}"}}
    installation.policy = Policy.model_validate({"sites": {"uk/london": pattern}})
    with installation.database.begin() as session:
        for _ in range(7):
            take_number(session, "london-{n}")
    installation.layout = NESTED

    [counter] = installation.propose().counters
    installation.rename()

    with installation.database.begin() as session:
        assert upcoming_number(session, counter.new_series) == 8
        take_number(session, counter.new_series)
    installation.undo()
    with installation.database.reading() as session:
        assert upcoming_number(session, "london-{n}") == 9


def test_a_name_that_a_pattern_made_stays_the_macs(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    with installation.database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        mac.computer_name, mac.named_for = "london-001", LONDON.key
    installation.layout = NESTED

    installation.rename()

    with installation.database.reading() as session:
        assert session.scalars(select(Registration)).one().called == "london-001"
    installation.undo()
    with installation.database.reading() as session:
        assert session.scalars(select(Registration)).one().called == "london-001"


def test_lines_say_what_an_admin_has_to_rename(installation: Installation, tmp_path: Path) -> None:
    installation.register(LONDON, "C02AAA")
    tables = {"london": {"title": "London"}, "rome": {"title": "Rome"}}
    installation.policy = Policy.model_validate({"sites": tables})
    for name in ("sites/london.sh.j2", "sites/london/design.sh.j2", "imagr/builds/design.plist"):
        file = tmp_path / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    installation.layout = NESTED
    folder = tmp_path / "templates" / "sites"

    edits = installation.propose(templates=tmp_path / "templates").edits

    assert edits == [
        'in the policy file: sites.london is sites."uk/london" now',
        f"in the templates: mv {folder}/london/design.sh.j2 {folder}/uk/london/design.sh.j2",
        f"in the templates: mv {folder}/london.sh.j2 {folder}/uk/london.sh.j2",
    ]


@pytest.mark.postgresql
def test_macs_that_failed_by_the_change_wait_again_and_their_cards_say_so(
    installation: Installation,
) -> None:
    installation.register(LONDON, "C02AAA", "C02BBB")
    installation.register(LONDON, "C02CCC")
    installation.register(LONDON, "C02DDD")
    installation.layout = NESTED
    for serial in ("C02AAA", "C02CCC"):
        with pytest.raises(LayoutChanged):
            installation.boot(serial)
    ReportRecorder(installation.database).note(Report.parse("C02DDD", ERROR, "no disk"))
    with installation.database.begin() as session:
        session.execute(delete(Notification))

    renamed = installation.rename()

    assert (renamed.registrations, renamed.waiting) == (4, 2)
    with installation.database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.serial)).all()
        cards = session.scalars(select(Notification.card_id).order_by(Notification.card_id)).all()
    assert [(row.state, row.step) for row in rows] == [
        ("waiting", None),
        ("waiting", None),
        ("waiting", None),
        ("failed", "no disk"),
    ]
    assert cards == [rows[0].card_id, rows[2].card_id]
    installation.boot("C02AAA")


def test_no_card_is_sent_again(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    installation.layout = NESTED

    installation.rename()

    with installation.database.reading() as session:
        cards = session.scalars(select(Notification).where(Notification.kind == CARD)).all()
    assert len(cards) == 1  # that of the registration


@pytest.mark.postgresql
def test_many_macs_are_renamed_in_pages_by_one_operation(
    installation: Installation,
) -> None:
    installation.register(LONDON, *(f"C02A{number:02}" for number in range(8)))
    installation.layout = NESTED

    assert installation.rename(page=3).registrations == 8

    with installation.database.reading() as session:
        act = session.scalars(select(Operation).where(Operation.what == "renamed")).one()
        events = session.scalars(select(Event).where(Event.act_id == act.id)).all()
    assert len(events) == 8
    assert installation.undo(page=3).registrations == 8
    assert {place[0] for place in installation.macs().values()} == {"london"}


@pytest.mark.postgresql(soak=True)
def test_who_is_stopped_half_way_has_renamed_nothing_and_begins_again(
    installation: Installation,
) -> None:
    installation.register(LONDON, "C02AAA")
    installation.layout = NESTED
    before = installation.macs()

    def stop() -> None:
        with installation.database.begin() as session:
            layout_change.rename(session, installation.propose(), LATER)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        stop()
    assert installation.macs() == before
    assert installation.rename().registrations == 1


def test_the_doctor_names_what_waits_until_it_is_renamed(installation: Installation) -> None:
    assert installation.findings() == []
    installation.register(LONDON, "C02AAA", "C02BBB")
    installation.layout = NESTED

    found = [finding.message for finding in installation.findings()]
    installation.rename()

    assert found == [
        "The build 'design' leads elsewhere by the present layout, and is that of 2 registrations.",
        "The site 'london' leads elsewhere by the present layout, and is that of 2 registrations.",
    ]
    assert installation.findings() == []
