"""Blocks of messages that are posted once: confirmations, stalls, reminders, trouble."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.markup import (
    Message,
    announced,
    announcement,
    escape,
    macs,
    mention,
    moment,
    person,
    place,
    places,
    posted,
    registered,
    section,
    standing,
)
from provisioning.outbox.models import Card
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED, Registration

MOST_NAMED = 40  # Macs of one message; the others are counted
MOST_HEARD = 3  # messages that are repeated in a text, which a screen reader says
MOST_SILENT = 20  # silent Macs of one message; the others are counted
LONGEST_WORD = 100  # characters of a Mac's last message
LONGEST_LINE = 280  # characters of a message that is repeated: 40 of them fit into one
MOST_OVERRULED = 5  # Macs whose scripts asked for something else
MOST_CAUTIONS = 5  # sentences of one message; a lab whose profile sets one thing has it often


def confirmation(payload: Mapping[str, Any], late: datetime | None) -> Message:
    """The news that a Mac's manifest was written and read back."""
    destination = f"{place(payload['site'], payload['build'])} (`{payload['digest']}`)"
    written = "written before its first boot" if payload.get("before_boot") else "written"
    lines = [
        (
            f":white_check_mark: `{payload['serial']}` is done: its manifest is {written}, "
            f"for {destination}."
        ),
        _origin(payload["registered_by"]),
    ]
    extras = [*_overruled(payload, "Its script"), *_warning(payload), *_cautions([payload])]
    return _message([*lines, *extras], late)


def confirmations(
    payloads: Sequence[Mapping[str, Any]],
    batch: Mapping[str, int],
    card: Card,
    late: datetime | None,
) -> Message:
    """The news of several confirmations on `card`; `batch` counts its Macs by state."""
    overruled = [*_all_overruled(payloads), *_all_warnings(payloads), *_cautions(payloads)]
    if is_complete(batch):
        number, destination = macs(batch[CONFIRMED]), place(card.site, card.build)
        line = (
            f":white_check_mark: All done: the manifests of {number} for {destination} are written."
        )
        lines = [line, f"Registered by {person(card.registered_by)}.", *overruled]
        text = [f":white_check_mark: All done: {_announced(payloads, batch[CONFIRMED], card)}."]
        return _message(lines, late, [*text, *overruled])
    if len(payloads) == 1:
        return confirmation(payloads[0], late)
    listed = ", ".join(f"`{payload['serial']}`" for payload in payloads[:MOST_NAMED])
    more = f" and {len(payloads) - MOST_NAMED} more" if len(payloads) > MOST_NAMED else ""
    number = macs(len(payloads))
    line = f":white_check_mark: {number} are done; their manifests are written: {listed}{more}."
    text = [f":white_check_mark: Done: {_announced(payloads, len(payloads), card)}.", *overruled]
    return _message([line, *overruled], late, text)


def _announced(payloads: Sequence[Mapping[str, Any]], total: int, card: Card) -> str:
    are_all = total == len(payloads)
    return announcement(
        [payload["serial"] for payload in payloads],
        total,
        target=places((each["site"], each["build"]) for each in payloads)
        if are_all
        else place(card.site, card.build),
        origin=registered(card.registered_by),
    )


def is_complete(batch: Mapping[str, int]) -> bool:
    """Return True where every Mac of a batch is done that was not cancelled."""
    return bool(batch.get(CONFIRMED)) and not any(
        number for state, number in batch.items() if state not in (CONFIRMED, CANCELLED)
    )


def trouble(payload: Mapping[str, Any], late: datetime | None) -> Message:
    """The news of trouble that a person has to act on."""
    return _message([f":warning: Trouble: {escape(payload['sentence'])}"], late)


def told(sentence: str, late: datetime | None) -> Message:
    """A sentence of markup."""
    return _message([sentence], late)


def unheard(payload: Mapping[str, Any]) -> Message:
    """The news that a channel does not hear what a person does."""
    channel, reason = mention(payload["channel"]), escape(payload["reason"])
    line = (
        f":mute: Rollcall cannot post in {channel} ({reason}). "
        "Nothing is lost: Macs are served as ever, and what was to be said there follows by itself "
        "once that is fixed."
    )
    return Message(line, [section(line)])


def away(lines: Sequence[str]) -> Message:
    """The messages that Slack did not take while Rollcall was away, a line each."""
    head = "While Rollcall was away:"
    shown = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines]
    blocks = posted([f"*{head}*", *(f"• {line}" for line in shown)])
    return Message(f"{head} {_messages(len(lines))}. {' '.join(shown[:MOST_HEARD])}", blocks)


def older(payload: Mapping[str, Any]) -> Message:
    """The number of messages that are too old to be repeated."""
    since = moment(datetime.fromisoformat(payload["since"]))
    line = (
        f"While Rollcall was away: {_messages(payload['older'])} from more than a week ago, the "
        f"oldest of {since}, not repeated here. `log` and `show` say what happened."
    )
    return Message(line, [section(line)])


def stalled(silent: Sequence[Registration], by: str | None) -> Message:
    """The news that Macs fell silent while they were imaged.

    `silent` are one or more Macs of one site, registered by `by`; None: not registered.
    """
    is_single = len(silent) == 1
    if by:
        subject = f"{person(by)}, {'a Mac' if is_single else macs(len(silent))} of yours"
    else:
        subject = f"{'A Mac' if is_single else macs(len(silent))} that nobody registered"
    head = (
        f":hourglass: {subject} fell silent while being imaged. "
        f"Have a look at {'it' if is_single else 'them'}:"
    )
    lines = [head, *(f"• {_last_word(mac)}" for mac in silent[:MOST_SILENT])]
    if len(silent) > MOST_SILENT:
        lines.append(f"… and {len(silent) - MOST_SILENT} more")
    target = places((mac.site, mac.build) for mac in silent)
    text = announcement([mac.name for mac in silent], len(silent), target=target)
    return Message(f"{head} {text}", posted(lines))


def reminder(mac: Registration) -> Message:
    """The reminder of a Mac that is not done, for the person who asked for it."""
    head = f":alarm_clock: You asked to be reminded of `{mac.name}`: it is not confirmed yet."
    text = f":alarm_clock: Reminder: {announced([mac], 1, 'not confirmed yet')}"
    return Message(text, posted([head, standing(mac), *_step(mac)]))


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _origin(by: str | None) -> str:
    if by == ADOPTED:
        return "It was adopted."
    return f"Registered by {person(by)}." if by else "Nobody had registered it."


def _overruled(payload: Mapping[str, Any], script: str) -> list[str]:
    if not payload["overruled"]:
        return []
    return [f"{script} asked for {escape(payload['overruled'])}; the registration won."]


def _warning(payload: Mapping[str, Any]) -> list[str]:
    """The warning that a Mac may miss its manifest although it is written."""
    if not payload.get("warning"):
        return []
    return [f":warning: But {escape(payload['warning'])}: Munki on the Mac may miss it."]


def _all_warnings(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first warning of several Macs, and how many have one: they share a CDN."""
    lines = [line for payload in payloads for line in _warning(payload)]
    more = len(lines) - 1
    return [*lines[:1], *([f"The same goes for {more} more."] if more > 0 else [])]


def _cautions(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on causes that keep Munki from the manifests; each names its Mac."""
    sentences = [sentence for payload in payloads for sentence in payload.get("cautions", ())]
    lines = [f":warning: {escape(sentence)}" for sentence in sentences[:MOST_CAUTIONS]]
    more = len(sentences) - MOST_CAUTIONS
    return [*lines, *([f"And {more} more like these."] if more > 0 else [])]


def _all_overruled(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on requests of scripts that lost; a wrong workflow sends hundreds of them."""
    lines = [
        line
        for payload in payloads
        for line in _overruled(payload, f"The script of `{payload['serial']}`")
    ]
    more = len(lines) - MOST_OVERRULED
    return [*lines[:MOST_OVERRULED], *([f"The same goes for {more} more."] if more > 0 else [])]


def _message(
    lines: Sequence[str], late: datetime | None, text: Sequence[str] | None = None
) -> Message:
    """Sentences as a message, with their own as its text where no other is given."""
    delay = [f"This happened {moment(late)}; Slack could not be reached until now."] if late else []
    paragraph = " ".join([*lines, *delay])
    return Message(" ".join([*(lines if text is None else text), *delay]), [section(paragraph)])


def _last_word(mac: Registration) -> str:
    heard = f"last heard {moment(mac.heard_at)}" if mac.heard_at else "never heard"
    message = f": {escape(mac.step[:LONGEST_WORD])}" if mac.step else ""
    return f"`{mac.name}` for {place(mac.site, mac.build)}, {heard}{message}"


def _step(mac: Registration) -> list[str]:
    if mac.step is None or mac.heard_at is None:
        return []
    return [f"Its last message, {moment(mac.heard_at)}: {escape(mac.step[:LONGEST_WORD])}"]
