"""Blocks of messages that are posted once: confirmations, stalls, reminders, trouble."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.markup import (
    Message,
    announcement,
    listing,
    mention,
    moment,
    named_mac,
    person,
    place,
    places,
    posted,
    registered,
    section,
)
from infrastructure.text import Sentence
from provisioning.outbox.models import Card
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED
from provisioning.values.language import _, as_sentence, marked, ngettext, stated, worded
from provisioning.values.slack import escape

MAX_NAMED = 40  # Macs of one message; the others are counted
MAX_REPEATED = 3  # messages that are repeated in a text, which a screen reader says
LONGEST_LINE = 280  # characters of a message that is repeated: 40 of them fit into one
MAX_OVERRULED = 5  # Macs whose scripts asked for something else
MAX_CAUTIONS = 5  # sentences of one message; a lab whose profile sets one thing has it often
_THE_SAME = marked("The same goes for {number} more.")
_LIKE_THESE = marked("And {number} more like these.")


def confirmation(payload: Mapping[str, Any], late: datetime | None) -> Message:
    """The news that a Mac's manifest was written and read back."""
    mac = named_mac(payload["serial"])
    target = f"{place(payload['site'], payload['build'])} (`{payload['digest']}`)"
    if payload.get("before_boot"):
        line = _(
            ":white_check_mark: {mac} is done: its manifest is written before its first "
            "boot, for {place}.",
            mac=mac,
            place=target,
        )
    else:
        line = _(
            ":white_check_mark: {mac} is done: its manifest is written, for {place}.",
            mac=mac,
            place=target,
        )
    lines = [line, _origin(payload["registered_by"])]
    extras = [*_overruled(payload), *_warning(payload), *_cautions([payload])]
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
        return _all_done(payloads, batch[CONFIRMED], card, late, overruled)
    if len(payloads) == 1:
        return confirmation(payloads[0], late)
    serials = [f"`{payload['serial']}`" for payload in payloads[:MAX_NAMED]]
    line = _(
        ":white_check_mark: {number} Macs are done; their manifests are written: {names}.",
        number=len(payloads),
        names=listing(serials, len(payloads)),
    )
    text = [
        _(":white_check_mark: Done: {macs}.", macs=_announced(payloads, len(payloads), card)),
        *overruled,
    ]
    return _message([line, *overruled], late, text)


def _all_done(
    payloads: Sequence[Mapping[str, Any]],
    total: int,
    card: Card,
    late: datetime | None,
    overruled: Sequence[str],
) -> Message:
    line = ngettext(
        ":white_check_mark: All done: the manifests of {number} Mac for {place} are written.",
        ":white_check_mark: All done: the manifests of {number} Macs for {place} are written.",
        total,
        place=place(card.site, card.build),
    )
    lines = [line, _("Registered by {person}.", person=person(card.registered_by)), *overruled]
    text = _(":white_check_mark: All done: {macs}.", macs=_announced(payloads, total, card))
    return _message(lines, late, [text, *overruled])


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
    """Return True if every Mac of a batch is done or cancelled."""
    return bool(batch.get(CONFIRMED)) and not any(
        number for state, number in batch.items() if state not in (CONFIRMED, CANCELLED)
    )


def trouble(payload: Mapping[str, Any], late: datetime | None) -> Message:
    """The news of trouble that a person has to act on."""
    return _message(
        [_(":warning: Trouble: {sentence}", sentence=escape(sentence_of(payload)))], late
    )


def sentence_of(payload: Mapping[str, Any]) -> str:
    """The sentence of a message; one that was stored without its facts is English."""
    return worded(Sentence.from_json(payload["said"])) if "said" in payload else payload["sentence"]


def told(sentence: str, late: datetime | None) -> Message:
    """The message that says a sentence of Slack's markup."""
    return _message([sentence], late)


def unheard(payload: Mapping[str, Any]) -> Message:
    """The news that a person's operations cannot be shown in a channel."""
    channel, reason = mention(payload["channel"]), escape(_refusal(payload["reason"]))
    line = _(
        ":mute: Rollcall cannot post in {channel} ({reason}). Nothing is lost: Macs are served, "
        "and the messages follow once that is fixed.",
        channel=channel,
        reason=reason,
    )
    return Message(line, [section(line)])


def _refusal(reason: str) -> str:
    """A reason of Slack's, which is its code and the fix."""
    code, colon, fix = reason.partition(": ")
    return stated(code, worded(fix)) if colon else reason


def away(lines: Sequence[str]) -> Message:
    """The messages that Slack did not take while Rollcall was away, a line each."""
    head = _("While Rollcall was away:")
    number = ngettext("{number} message", "{number} messages", len(lines))
    shown = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines]
    blocks = posted([f"*{head}*", *(f"• {line}" for line in shown)])
    return Message(f"{head} {as_sentence(number)} {' '.join(shown[:MAX_REPEATED])}", blocks)


def older(payload: Mapping[str, Any]) -> Message:
    """The number of messages that are too old to be repeated."""
    since = moment(datetime.fromisoformat(payload["since"]))
    line = ngettext(
        "While Rollcall was away: {number} message from more than a week ago, the oldest of "
        "{since}, not repeated here. `log` and `show` say what happened.",
        "While Rollcall was away: {number} messages from more than a week ago, the oldest of "
        "{since}, not repeated here. `log` and `show` say what happened.",
        payload["older"],
        since=since,
    )
    return Message(line, [section(line)])


def _origin(by: str | None) -> str:
    if by == ADOPTED:
        return _("It was adopted.")
    return _("Registered by {person}.", person=person(by)) if by else _("Nobody had registered it.")


def _overruled(payload: Mapping[str, Any], serial: str | None = None) -> list[str]:
    """The sentence about an overruled request of a script, with the Mac's `serial`, if given."""
    if not payload["overruled"]:
        return []
    place = escape(payload["overruled"])
    if serial is None:
        return [_("Its script asked for {place}; the registration won.", place=place)]
    return [
        _(
            "The script of `{serial}` asked for {place}; the registration won.",
            serial=serial,
            place=place,
        )
    ]


def _warning(payload: Mapping[str, Any]) -> list[str]:
    """The warning that a Mac may miss its manifest although it is written."""
    if not payload.get("warning"):
        return []
    return [
        _(
            ":warning: But {warning}: Munki on the Mac may miss it.",
            warning=escape(worded(payload["warning"])),
        )
    ]


def _all_warnings(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first warning of several Macs, and the number of warnings: they share a CDN."""
    return _first([line for payload in payloads for line in _warning(payload)], 1, _THE_SAME)


def _cautions(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on causes that keep Munki from the manifests; each names its Mac."""
    sentences = [sentence for payload in payloads for sentence in _cautions_of(payload)]
    lines = [f":warning: {escape(worded(sentence))}" for sentence in sentences]
    return _first(lines, MAX_CAUTIONS, _LIKE_THESE)


def _cautions_of(payload: Mapping[str, Any]) -> Sequence[str]:
    """The cautions about a Mac; those stored without their facts are English."""
    if said := payload.get("cautions_said"):
        return [Sentence.from_json(each) for each in said]
    return [*payload.get("cautions", ())]


def _all_overruled(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences about overruled requests; a wrong workflow sends hundreds of them."""
    lines = [line for payload in payloads for line in _overruled(payload, payload["serial"])]
    return _first(lines, MAX_OVERRULED, _THE_SAME)


def _first(lines: Sequence[str], limit: int, rest: str) -> list[str]:
    """The first lines, and the text `rest` with the number of the others, if any."""
    more = len(lines) - limit
    return [*lines[:limit], *([_(rest, number=more)] if more > 0 else [])]


def _message(
    lines: Sequence[str], late: datetime | None, text: Sequence[str] | None = None
) -> Message:
    """Sentences as a message, with their own as its text where no other is given."""
    delay = (
        [_("This happened {moment}, and could not be told until now.", moment=moment(late))]
        if late
        else []
    )
    paragraph = " ".join([*lines, *delay])
    return Message(" ".join([*(lines if text is None else text), *delay]), [section(paragraph)])
