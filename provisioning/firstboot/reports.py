"""Reports that a Mac sends while it is imaged, and the changes that they make to its registration.

Imagr sends many reports, repeats some, and ignores the answer. So most reports cost one read and
write nothing.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.errors import RollcallError
from infrastructure.execution.retry import NO_PAUSE, retry
from infrastructure.text import readable
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import IS_REPLACED
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import history
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, Registration
from provisioning.values.serials import Serial

log = structlog.get_logger()

ATTEMPTS = 3  # at a registration that keeps changing meanwhile
IN_PROGRESS, SUCCESS, ERROR = "in_progress", "success", "error"
LONGEST_STEP = 255  # characters of a message that are kept
REPEAT_WINDOW = timedelta(seconds=15)  # a message that is repeated within this time is ignored
BEGINNING = "preparing to run workflow"  # the begin of Imagr's first message of a run
NOTHING_SAID = {
    IN_PROGRESS: "it did not say what it is doing",
    SUCCESS: "finished",
    ERROR: "an error that it did not describe",
}


class StrangeReport(RollcallError):
    """A report with a status that Imagr does not send."""

    def __init__(self, status: str) -> None:
        super().__init__(f"There are no reports with the status {status[:40]!r}.")


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a Mac; its message is one line of printable characters."""

    serial: Serial
    status: str
    message: str

    @classmethod
    def parse(cls, serial: str, status: str, message: str) -> Self:
        """Parse the fields of a request. Raises InvalidSerial, StrangeReport."""
        if status not in NOTHING_SAID:
            raise StrangeReport(status)
        words = readable(" ".join(message.split()), LONGEST_STEP)
        return cls(Serial.sent(serial), status, words or NOTHING_SAID[status])


@dataclass(frozen=True, slots=True)
class RegistrationStatus:
    """A Mac's open registration as it was read before a report.

    `is_replaced`: the report came under the serial with which the Mac took the place of another.
    """

    id: int
    revision: int
    site: str
    build: str
    state: str
    step: str | None
    heard_at: datetime | None
    mentioned_at: datetime | None
    confirmed_at: datetime | None
    changed_at: datetime
    card_id: int | None
    channel: str | None
    is_replaced: bool


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of a registration by a report."""

    before: RegistrationStatus
    state: str
    step: str | None
    at: datetime

    @property
    def is_turn(self) -> bool:
        """True if the state changes: that is an event, and the card shows it at once."""
        return self.state != self.before.state


def find_status(session: Session, serial: Serial) -> RegistrationStatus | None:
    """Return a Mac's open registration; None where it has none.

    A Mac whose board was swapped is found by the former serial too.
    """
    row = _KNOWN.row(session, key=serial.key)
    if row is not None:
        return RegistrationStatus(*row)
    new = replacing.answered_as(session, serial)
    row = _KNOWN.row(session, key=new.key) if new is not None else None
    return None if row is None else replace(RegistrationStatus(*row), is_replaced=False)


def change(before: RegistrationStatus, report: Report, at: datetime) -> StatusChange | None:
    """Decide the change that a report makes; None for a repetition, which changes nothing.

    An error is final until the Mac begins again: a failed workflow reports `success` first and
    `error` then, and the two may arrive in either order. A confirmed Mac is imaged again once it
    reports that it begins; all its other reports come from scripts of the same run.
    """
    state = _state(before, report)
    step = before.step if state == FAILED and report.status == SUCCESS else report.message
    if (state, step) == (before.state, before.step) and not before.mentioned_at:
        repeated = before.heard_at is not None and at - before.heard_at < REPEAT_WINDOW
        if repeated or state == FAILED:
            return None
    return StatusChange(before, state, step, at)


def record(session: Session, news: StatusChange) -> None:
    """Record a change of a registration, and enqueue its card.

    Raises RegistrationChanged where a person changed the registration meanwhile: decide again.
    """
    before = news.before
    state: dict[str, object] = {"state": news.state, "step": news.step, "heard_at": news.at}
    state["confirmed_at"] = None if news.is_turn else before.confirmed_at
    state["changed_at"] = news.at if news.is_turn else before.changed_at
    where = {"known_id": before.id, "known_revision": before.revision, "known_state": before.state}
    if not _HEAR.execute(session, mentioned_at=None, **state, **where):
        raise RegistrationChanged(f"registration {before.id}")
    if news.is_turn:
        place = {"site": before.site, "build": before.build}
        history.record(
            session,
            before.id,
            news.state,
            at=news.at,
            before={**place, "state": before.state},
            after={**place, "step": news.step},
        )
    if before.is_replaced:  # it was heard under its new serial
        replacing.note_call(session, before.id, heard=True, at=news.at)
    _refresh_card(session, news)


def _state(before: RegistrationStatus, report: Report) -> str:
    if report.status == ERROR:
        return FAILED
    if before.state == CONFIRMED:
        begins = report.status == IN_PROGRESS and report.message.casefold().startswith(BEGINNING)
        return IMAGING if begins else CONFIRMED
    if before.state == FAILED and report.status == SUCCESS:
        return FAILED
    return IMAGING


def _refresh_card(session: Session, news: StatusChange) -> None:
    before = news.before
    if before.card_id is None or before.channel is None:
        return
    if news.is_turn or before.mentioned_at is not None:
        outbox.refresh_card(session, before.card_id, before.channel, at=news.at)
    elif news.step != before.step and news.state != CONFIRMED:
        outbox.refresh_card(session, before.card_id, before.channel, at=news.at, batched=True)


_ROWS = Registration.__table__
_CARDS = Card.__table__
_KNOWN = CompiledStatement(
    lambda _: (
        select(
            *(_ROWS.c[name] for name in ("id", "revision", "site", "build", "state", "step")),
            *(_ROWS.c[name] for name in ("heard_at", "mentioned_at", "confirmed_at")),
            *(_ROWS.c.changed_at, _ROWS.c.card_id, _CARDS.c.channel, IS_REPLACED),
        )
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)
_HEAR = CompiledStatement(
    lambda _: update(_ROWS).where(
        _ROWS.c.id == bindparam("known_id"),
        _ROWS.c.revision == bindparam("known_revision"),
        _ROWS.c.state == bindparam("known_state"),
        _ROWS.c.closed_at.is_(None),
    ),
    *("state", "step", "heard_at", "mentioned_at", "confirmed_at", "changed_at"),
)


class ReportRecorder:
    """A recorder of reports: one read for each, and a transaction that is shared with others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, report: Report) -> None:
        """Record a report; nothing where the Mac is not registered, or only repeats a message.

        Raises RegistrationChanged where the registration still changes after ATTEMPTS.
        """
        retry(lambda: self._note(report), RegistrationChanged, pauses=NO_PAUSE * (ATTEMPTS - 1))

    def _note(self, report: Report) -> None:
        at = datetime.now(UTC)
        with self._database.reading() as session:
            status = find_status(session, report.serial)
        if status is None:
            log.info("report of a Mac that nobody registered", status=report.status)
            return
        bind_contextvars(registration=status.id)
        news = change(status, report, at)
        if news is not None:
            self._database.run_shared(partial(record, news=news))
