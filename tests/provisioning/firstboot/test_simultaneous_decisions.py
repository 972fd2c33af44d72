"""Two people, Macs or job runners that decide the same at once: the second hears of the first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from infrastructure.jobs.models import Job
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from provisioning.firstboot import unknown
from provisioning.firstboot.decisions import questions, two_of_a_kind
from provisioning.firstboot.decisions.questions import AlreadyDecided
from provisioning.firstboot.decisions.two_of_a_kind import STAY
from provisioning.firstboot.models import UnknownMac
from provisioning.firstboot.replacements import corrections
from provisioning.firstboot.replacements.corrections import CorrectionOutdated
from provisioning.imports import lifecycle, reading
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.reading import ReadingProgress
from provisioning.imports.sources import TEXT
from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change import NoRenameToUndo
from provisioning.monitoring.drift import drifts
from provisioning.monitoring.drift.drifts import DriftSettled
from provisioning.monitoring.drift.models import TAKEN_OVER, Drift
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.hooks import UnknownHook
from provisioning.munki import Destination
from provisioning.munki.layout import ManifestKind
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card
from provisioning.registrations import queries, register
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import CONFIRMED, IMAGING, Registration
from provisioning.registrations.names import naming
from provisioning.registrations.names.naming import ComputerNameTaken
from provisioning.registrations.operations import NotUndoable
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did
from tests.support.databases.turns import Work, second

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
MAC, OTHER_MAC = Serial("C02AAA"), Serial("C02BBB")


def register_mac(session: Session) -> int:
    """Register the Mac; returns the operation's number."""
    operation = did(session, "registered", by="U0ALICE", at=NOON)
    register.register(
        session, [MAC], Destination("london", "design"), operation=operation, channel="C1"
    )
    return operation.id


def submit(session: Session) -> int:
    """Submit an import without Macs; returns its number."""
    submission = Submission(by="U0ALICE", via="file", at=NOON)
    imported = lifecycle.keep(session, ParseResult(), submission)
    return imported.id


def undo(session: Session) -> tuple[Work, Work]:
    """Two people undo one operation."""
    operation_id = register_mac(session)

    def work(session: Session) -> None:
        acting.undo(session, operation_id, by="U0BOB", at=LATER)

    return work, work


def cancel(session: Session) -> tuple[Work, Work]:
    """Two people cancel one Mac."""
    register_mac(session)

    def work(session: Session) -> None:
        queries.get_open(session, MAC, lock=True).closed_at = LATER

    return work, work


def correct(session: Session) -> tuple[Work, Work]:
    """A Mac begins to be imaged while a person takes it for a misspelled one."""
    register_mac(session)
    unknown.ask_about(session, Serial("C02AAB"), channel="C1", at=NOON)
    unknown_id = session.scalars(select(UnknownMac.id)).one()
    number, revision = session.execute(select(Registration.id, Registration.revision)).one()

    def report(session: Session) -> None:
        session.execute(update(Registration).values(state=IMAGING))

    def work(session: Session) -> None:
        operation = did(session, "corrected", by="U0BOB", at=LATER)
        corrections.correct(session, unknown_id, number, revision, operation=operation)

    return report, work


def drop(session: Session) -> tuple[Work, Work]:
    """Two people drop one import."""
    import_id = submit(session)

    def work(session: Session) -> None:
        lifecycle.drop(session, import_id, by="U0BOB", at=LATER)

    return work, work


def answer(session: Session) -> tuple[Work, Work]:
    """Two people answer what becomes of a manifest that drifted."""
    register_mac(session)
    mac = queries.get_open(session, MAC)
    mac.state, mac.confirmed_at = CONFIRMED, NOON
    drift = Drift(registration_id=mac.id, there={}, confirmed_at=NOON, found_at=NOON)
    session.add(drift)
    session.flush()
    number = drift.id

    def work(session: Session) -> None:
        drifts.get_open(session, number)[0].answer = TAKEN_OVER

    return work, work


def decide(session: Session) -> tuple[Work, Work]:
    """Two people answer what becomes of two sites in a manifest."""
    register_mac(session)
    mac = queries.get_open(session, MAC)
    questions.put(session, mac, ManifestKind.SITE, ["sites/london", "sites/paris"], NOON)
    number, revision = mac.id, mac.revision

    def work(session: Session) -> None:
        operation = did(session, "decided", by="U0BOB", at=LATER)
        two_of_a_kind.decide(session, number, revision, STAY, operation=operation)

    return work, work


def rename(session: Session) -> tuple[Work, Work]:
    """Two admins undo one change of the layout."""
    operation = did(session, "renamed", by="", at=NOON)
    operation.facts = {}

    def work(session: Session) -> None:
        layout_change.undo(session, LATER)

    return work, work


def end(session: Session) -> tuple[Work, Work]:
    """Two admins end one webhook."""
    number = hooks.make(session, "https://a.example.com", by="U0ALICE", at=NOON).id

    def work(session: Session) -> None:
        hooks.end(session, number, by="U0BOB", reason="", at=LATER)

    return work, work


def name(session: Session) -> tuple[Work, Work]:
    """Two people give two Macs one name."""

    def give(serial: Serial) -> Work:
        operation = did(session, "registered", by="U0ALICE", at=NOON)
        place = Destination("london", "design")
        register.register(session, [serial], place, operation=operation, channel="C1")

        def work(session: Session) -> None:
            mac, operation = queries.get_open(session, serial), did(session, "named", by="U0BOB")
            naming.assign(session, mac, "lab-07", lambda _: None, operation=operation)

        return work

    return give(MAC), give(OTHER_MAC)


@pytest.mark.parametrize(
    ("works", "error"),
    [
        (undo, NotUndoable),
        (cancel, NotRegistered),
        (correct, CorrectionOutdated),
        (drop, NotOpen),
        (answer, DriftSettled),
        (decide, AlreadyDecided),
        (rename, NoRenameToUndo),
        (end, UnknownHook),
        (name, ComputerNameTaken),
    ],
)
def test_the_second_is_told_that_it_was_done_already(
    postgresql_url: str, works: Callable[[Session], tuple[Work, Work]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        second(postgresql_url, works).result()


def test_of_a_mac_that_calls_two_servers_at_once_people_are_asked_once(postgresql_url: str) -> None:
    def ask(session: Session) -> int | None:
        unknown.ask_about(session, MAC, channel="C1", at=NOON)
        return session.scalar(select(func.count()).select_from(Card))

    assert second(postgresql_url, lambda _: (ask, ask)).result() == 1


def test_two_lists_at_once_do_not_give_two_macs_one_name(postgresql_url: str) -> None:
    def give(mac: Serial) -> Work:
        def work(session: Session) -> str | None:
            operation = did(session, "registered", by="U0ALICE", at=NOON)
            place = Destination("london", "design")
            register.register(session, [mac], place, operation=operation, channel="C1")
            naming.assign_all(session, {mac.key: "LON-0001"}, operation=operation)
            return queries.get_open(session, mac).computer_name

        return work

    future = second(postgresql_url, lambda _: (give(MAC), give(OTHER_MAC)))

    assert future.result() is None


def test_a_credential_stays_revoked_as_of_the_first_time(postgresql_url: str) -> None:
    def works(session: Session) -> tuple[Work, Work]:
        credentials.make(session, "london", SCRIPTS, NOON)
        [row] = credentials.listed(session)
        number = row.id
        return (
            lambda session: credentials.revoke(session, number, NOON),
            lambda session: credentials.revoke(session, number, LATER).revoked_at,
        )

    assert second(postgresql_url, works).result() == NOON


def test_a_file_that_two_runners_have_read_is_followed_by_the_next_one_once(
    postgresql_url: str,
) -> None:
    def works(session: Session) -> tuple[Work, Work]:
        imported = lifecycle.peek(session, submit(session))
        card = outbox.open_card(session, Card(kind=IMPORT, channel="C1", created_at=NOON))
        reading.start(session, imported, [{"kind": TEXT}, {"kind": TEXT}], card, quiet=True)
        progress = ReadingProgress(imported.id, 0, True, ParseResult(), None)

        def record(session: Session) -> int | None:
            reading.record(session, progress, LATER)
            return session.scalar(select(func.count()).select_from(Job))

        return record, record

    assert second(postgresql_url, works).result() == 2


def test_a_dry_run_that_is_settled_in_its_last_moment_stays_settled(postgresql_url: str) -> None:
    def works(session: Session) -> tuple[Work, Work]:
        number = submit(session)

        def end_it(session: Session) -> datetime | None:
            lifecycle.end_abandoned(session, NOON + lifecycle.OPEN_FOR)
            return lifecycle.peek(session, number).settled_at

        return lambda session: lifecycle.drop(session, number, by="U0BOB", at=LATER), end_it

    assert second(postgresql_url, works).result() == LATER


def test_an_undo_leaves_a_mac_alone_that_is_registered_again_at_that_moment(
    postgresql_url: str,
) -> None:
    def works(session: Session) -> tuple[Work, Work]:
        register_mac(session)
        operation = did(session, "cancelled", by="U0ALICE", at=NOON)
        acting.cancel(session, MAC, act=operation)
        number = operation.id

        def undo_it(session: Session) -> list[str]:
            undone = acting.undo(session, number, by="U0BOB", at=LATER)
            assert not undone.restored
            return [mac.serial for mac in undone.left]

        return register_mac, undo_it

    assert second(postgresql_url, works).result() == [MAC.key]
