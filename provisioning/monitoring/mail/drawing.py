"""The content of a mail, drawn from the database when it is sent: sections of lines, in words.

Facts that no longer hold by then are left out, as in Slack.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.text import Sentence, readable
from provisioning.firstboot import unknown
from provisioning.firstboot.decisions import questions
from provisioning.monitoring import digest
from provisioning.monitoring.drift import drifts
from provisioning.monitoring.mail.models import ATTENTION, BATCH, DIGEST
from provisioning.monitoring.odd_rows import drawn
from provisioning.outbox.models import DECISION, DRIFT, MAIL, STRANGER, Card, Notification
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, Registration
from provisioning.values import board_pages
from provisioning.values.language import _, aside, marked, ngettext, stated, worded

MAX_LINES = 50  # of a section; the others are counted
LONGEST_LINE = 500  # characters
TITLES = {
    ATTENTION: marked("Needs attention"),
    BATCH: marked("Done"),
    DIGEST: marked("The Macs to look after"),
}


@dataclass(frozen=True, slots=True)
class MailLine:
    """A line of a mail: a sentence, and the page of the board that it leads to, if any."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class MailSection:
    """A section of a mail: its title, its lines, and the number of omitted lines."""

    title: str
    lines: Sequence[MailLine]
    more: int = 0


def draw(session: Session, rows: Sequence[Notification]) -> list[MailSection]:
    """Return the sections of a mail for rows of the outbox; none where all has become void."""
    sections = []
    for part, title in TITLES.items():
        own = [row for row in rows if row.facts["part"] == part]
        lines = dict.fromkeys(drawn(own, partial(_lines, session), MAIL))
        if lines:
            shown = [*lines][:MAX_LINES]
            sections.append(MailSection(_(title), shown, len(lines) - len(shown)))
    return sections


def _lines(session: Session, row: Notification) -> Iterator[MailLine]:
    return _DRAWN[row.facts["about"]](session, row.facts, row.occurred_at)


def _failed(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    for mac in _macs(session, facts["macs"]):
        if mac.state == FAILED and mac.closed_at is None:
            yield _line(_("{mac} failed: {fact}", mac=_named(mac), fact=mac.step or "?"), mac)


def _stalled(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    since = datetime.fromisoformat(facts["since"])
    for mac in _macs(session, facts["macs"]):
        if mac.state == IMAGING and mac.closed_at is None and mac.mentioned_at == since:
            yield _line(_("{mac} fell silent while being imaged.", mac=_named(mac)), mac)


def _trouble(_session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    said = Sentence.from_json(facts["said"]) if "said" in facts else None
    yield MailLine(readable(worded(said) if said is not None else facts["sentence"], LONGEST_LINE))


def _unknown(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    mac = unknown.on_card(session, session.get_one(Card, facts["card"]))
    if mac.settled_at is None:
        serial = readable(mac.reported_as, LONGEST_LINE)
        sentence = _("{serial} asks for its manifest, and nobody has registered it.", serial=serial)
        yield MailLine(sentence, board_pages.of_mac(mac.reported_as))


def _decision(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    decision, mac = questions.on_card(session, session.get_one(Card, facts["card"]))
    if decision.settled_at is None:
        sentence = _("It is to be decided what becomes of the manifest of {mac}.", mac=_named(mac))
        yield _line(sentence, mac)


def _drift(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    told = drifts.on_card(session, session.get_one(Card, facts["card"]), MAX_LINES).first
    for drift, mac in told:
        if drift.settled_at is None:
            yield _line(
                _("The manifest of {mac} is not as Rollcall wrote it.", mac=_named(mac)), mac
            )


def _batch(session: Session, facts: dict[str, Any], _at: datetime) -> Iterator[MailLine]:
    card = session.get_one(Card, facts["card"])
    count = select(func.count()).where(
        Registration.card_id == card.id, Registration.state == CONFIRMED
    )
    number = session.scalar(count) or 0
    sentence = ngettext(
        "All done: the manifest of {number} Mac for {place} is written.",
        "All done: the manifests of {number} Macs for {place} are written.",
        number,
        place=_place(card.site, card.build),
    )
    yield MailLine(readable(sentence, LONGEST_LINE), board_pages.of_batch(card.id))


def _digest(session: Session, facts: dict[str, Any], at: datetime) -> Iterator[MailLine]:
    gathered = digest.gather(session, at, sites=facts["sites"])
    for part, word in gathered.parts:
        state = _(word)
        for mac in part.first:
            yield _line(stated(_named(mac), state), mac)
        if part.total > len(part.first):
            more = _("… and {number} more", number=part.total - len(part.first))
            yield MailLine(stated(state, more))
    if facts["sites"] is None:  # an unknown Mac has no site yet
        for unknown_mac in gathered.unknown_macs:
            serial = readable(unknown_mac.reported_as, LONGEST_LINE)
            line = stated(serial, _("not registered"))
            yield MailLine(line, board_pages.of_mac(serial))
        if (others := gathered.unknown - len(gathered.unknown_macs)) > 0:
            more = _("… and {number} more", number=others)
            yield MailLine(stated(_("not registered"), more))


_DRAWN: dict[str, Callable[[Session, dict[str, Any], datetime], Iterator[MailLine]]] = {
    FAILED: _failed,
    "stall": _stalled,
    "trouble": _trouble,
    STRANGER: _unknown,
    DECISION: _decision,
    DRIFT: _drift,
    "batch": _batch,
    "digest": _digest,
}


def _macs(session: Session, ids: Sequence[int]) -> Sequence[Registration]:
    query = select(Registration).where(Registration.id.in_(ids)).order_by(Registration.id)
    return session.scalars(query).all()


def _line(sentence: str, mac: Registration) -> MailLine:
    return MailLine(readable(sentence, LONGEST_LINE), board_pages.of_mac(mac.name))


def _named(mac: Registration) -> str:
    """A Mac with its place, as text."""
    return aside(mac.name, _place(mac.site, mac.build))


def _place(site: str, build: str) -> str:
    return " / ".join(each for each in (site, build) if each)
