"""Messages that are posted once: Macs that are done or fell silent, trouble, other sentences."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.markup import (
    Message,
    escape,
    macs,
    moment,
    person,
    place,
    posted,
    section,
    standing,
)
from provisioning.outbox.models import Card
from provisioning.registrations.models import CANCELLED, CONFIRMED, Registration

MOST_NAMED = 40  # Macs of one message; the others are counted
MOST_SILENT = 20  # silent Macs of one message; the others are counted
LONGEST_WORD = 100  # characters of what a Mac said last
MOST_OVERRULED = 5  # Macs whose scripts asked for something else
MOST_CAUTIONS = 5  # sentences of one message; a lab whose profile sets one thing has it often


def confirmation(facts: Mapping[str, Any], late: datetime | None) -> Message:
    """The news that a Mac's manifest was written and read back."""
    who = facts["registered_by"]
    where = f"{place(facts['site'], facts['build'])} (`{facts['digest']}`)"
    written = "written before its first boot" if facts.get("before_boot") else "written"
    lines = [
        f":white_check_mark: `{facts['serial']}` is done: its manifest is {written}, for {where}.",
        f"Registered by {person(who)}." if who else "Nobody had registered it.",
    ]
    told = [*_overruled(facts, "Its script"), *_warning(facts), *_cautions([facts])]
    return _said([*lines, *told], late)


def confirmations(
    all_facts: Sequence[Mapping[str, Any]],
    batch: Mapping[str, int],
    card: Card,
    late: datetime | None,
) -> Message:
    """The same for some Macs of the batch on `card`, whose Macs are in the states `batch`."""
    overruled = [*_all_overruled(all_facts), *_all_warnings(all_facts), *_cautions(all_facts)]
    if is_complete(batch):
        done, where = macs(batch[CONFIRMED]), place(card.site, card.build)
        line = f":white_check_mark: All done: the manifests of {done} for {where} are written."
        return _said([line, f"Registered by {person(card.registered_by)}.", *overruled], late)
    if len(all_facts) == 1:
        return confirmation(all_facts[0], late)
    named = ", ".join(f"`{facts['serial']}`" for facts in all_facts[:MOST_NAMED])
    more = f" and {len(all_facts) - MOST_NAMED} more" if len(all_facts) > MOST_NAMED else ""
    number = macs(len(all_facts))
    line = f":white_check_mark: {number} are done, their manifests are written: {named}{more}."
    return _said([line, *overruled], late)


def is_complete(batch: Mapping[str, int]) -> bool:
    """Return True where every Mac of a batch is done that was not cancelled."""
    return bool(batch.get(CONFIRMED)) and not any(
        number for state, number in batch.items() if state not in (CONFIRMED, CANCELLED)
    )


def trouble(facts: Mapping[str, Any], late: datetime | None) -> Message:
    """News that somebody has to act on."""
    return _said([f":warning: Trouble: {escape(facts['sentence'])}"], late)


def told(sentence: str, late: datetime | None) -> Message:
    """A sentence of markup."""
    return _said([sentence], late)


def stalled(silent: Sequence[Registration], by: str | None) -> Message:
    """The news that Macs fell silent while they were imaged, for who registered them, if anybody.

    `silent` are one or more Macs of one site.
    """
    one = len(silent) == 1
    if by:
        which = f"{person(by)}, {'a Mac' if one else macs(len(silent))} of yours"
    else:
        which = f"{'A Mac' if one else macs(len(silent))} that nobody registered"
    head = (
        f":hourglass: {which} fell silent while being imaged. "
        f"Have a look at {'it' if one else 'them'}:"
    )
    lines = [head, *(f"• {_last_word(mac)}" for mac in silent[:MOST_SILENT])]
    if len(silent) > MOST_SILENT:
        lines.append(f"… and {len(silent) - MOST_SILENT} more")
    return Message(f"{head} {', '.join(mac.name for mac in silent[:MOST_SILENT])}", posted(lines))


def reminder(mac: Registration) -> Message:
    """The reminder, which a person wanted, of a Mac that is not done."""
    head = f":alarm_clock: You wanted to be reminded of `{mac.name}`: it is not confirmed yet."
    return Message(head, posted([head, standing(mac), *_step(mac)]))


def _overruled(facts: Mapping[str, Any], script: str) -> list[str]:
    if not facts["overruled"]:
        return []
    return [f"{script} asked for {escape(facts['overruled'])}; the registration won."]


def _warning(facts: Mapping[str, Any]) -> list[str]:
    """The warning of what a Mac may miss although its manifest is written."""
    if not facts.get("warning"):
        return []
    return [f":warning: But {escape(facts['warning'])}: Munki on the Mac may miss it."]


def _all_warnings(all_facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first warning of several Macs, and how many have one: they share a CDN."""
    lines = [line for facts in all_facts for line in _warning(facts)]
    more = len(lines) - 1
    return [*lines[:1], *([f"So it is with {macs(more)} more."] if more > 0 else [])]


def _cautions(all_facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on what may keep Munki from the manifests; each sentence names its Mac."""
    sentences = [sentence for facts in all_facts for sentence in facts.get("cautions", ())]
    lines = [f":warning: {escape(sentence)}" for sentence in sentences[:MOST_CAUTIONS]]
    more = len(sentences) - MOST_CAUTIONS
    return [*lines, *([f"And {more} more of the kind."] if more > 0 else [])]


def _all_overruled(all_facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on what some scripts asked for in vain; a wrong workflow sends hundreds of them."""
    lines = [
        line
        for facts in all_facts
        for line in _overruled(facts, f"The script of `{facts['serial']}`")
    ]
    more = len(lines) - MOST_OVERRULED
    return [*lines[:MOST_OVERRULED], *([f"So it was for {macs(more)} more."] if more > 0 else [])]


def _said(lines: Sequence[str], late: datetime | None) -> Message:
    if late is not None:
        lines = [*lines, f"This happened {moment(late)}; Slack could not be told earlier."]
    text = " ".join(lines)
    return Message(text, [section(text)])


def _last_word(mac: Registration) -> str:
    heard = f"last heard {moment(mac.heard_at)}" if mac.heard_at else "never heard"
    said = f": {escape(mac.step[:LONGEST_WORD])}" if mac.step else ""
    return f"`{mac.name}` for {place(mac.site, mac.build)}, {heard}{said}"


def _step(mac: Registration) -> list[str]:
    if mac.step is None or mac.heard_at is None:
        return []
    return [f"It said last, {moment(mac.heard_at)}: {escape(mac.step[:LONGEST_WORD])}"]
