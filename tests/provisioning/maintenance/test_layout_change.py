"""The renames that a change of the repo's layout needs: proposed, done, taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from provisioning.access import credentials
from provisioning.access.accounts.models import Screen
from provisioning.access.models import INSTALLAPPLICATIONS, SCRIPTS, Credential
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import TokenRequest
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.firstboot.reports import ERROR, Report, ReportRecorder
from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change import NoRenameToUndo, UnknownNewNames
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.munki import Destination
from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout import Layout, ManifestKind
from provisioning.outbox.models import CARD, Card, Notification
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.values.serials import Serial
from tests.provisioning.maintenance.renamed import LATER, LONDON, NESTED, NOON, PARIS, Installation
from tests.support import acting
from tests.support.acting import did
from tests.support.databases.plans import plans_of
from tests.support.installation import CHANNEL

SCREEN_TIMES = {"paired_at": NOON, "seen_at": NOON}


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
            wish = TokenRequest("desk", (READ,), sites)
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


@pytest.mark.postgresql(instead=True)
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
    installation.undo()

    with installation.database.reading() as session:
        cards = session.scalars(select(Notification).where(Notification.kind == CARD)).all()
    assert len(cards) == 1  # that of the registration


@pytest.mark.postgresql(soak=True)
def test_many_macs_are_renamed_in_pages_by_one_operation(installation: Installation) -> None:
    installation.register(LONDON, *(f"C02A{number:02}" for number in range(8)))
    installation.layout = NESTED

    assert installation.rename(page=3).registrations == 8

    with installation.database.reading() as session:
        act = session.scalars(select(Operation).where(Operation.what == "renamed")).one()
        events = session.scalars(select(Event).where(Event.act_id == act.id)).all()
    assert len(events) == 8
    assert installation.undo(page=3).registrations == 8
    assert {place[0] for place in installation.macs().values()} == {"london"}


def test_of_two_renames_the_last_is_undone(installation: Installation) -> None:
    installation.register(LONDON, "C02AAA")
    former, installation.layout = installation.layout, NESTED
    installation.rename()
    names = installation.macs()
    installation.layout = former
    installation.rename()

    assert installation.undo().registrations == 1
    assert installation.macs() == names


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


def test_where_all_was_said_in_the_default_layout_no_registration_is_read(
    installation: Installation,
) -> None:
    """Of which there may be a million, and the probes of each worker ask once a minute."""
    installation.register(LONDON, "C02AAA", "C02BBB")

    assert plans_of(installation.database, installation.findings, "registrations") == []
