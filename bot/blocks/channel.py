"""What the whole channel sees: a card a batch, confirmations, and trouble."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock

from bot.blocks.texts import (
    LONGEST_SECTION,
    Message,
    escape,
    markup,
    moment,
    person,
    place,
    section,
)
from provisioning.models import CANCELLED, CONFIRMED, WAITING, Card, Registration

MOST_MACS = 20  # on one card; the rest is counted
_WORDS = {WAITING: "waiting", CONFIRMED: "confirmed", CANCELLED: "cancelled"}


def card(shown: Card, counts: Mapping[str, int], macs: Sequence[Registration]) -> Message:
    """A batch: where to, who, how far, and the first Macs of `macs`, one a line."""
    total = sum(counts.values())
    number = "1 Mac" if total == 1 else f"{total} Macs"
    head = f"{number} for {place(shown.site, shown.build)}"
    tally = " · ".join(
        f"{counts[state]} {word}" for state, word in _WORDS.items() if counts.get(state)
    )
    lines = _fitting([_line(mac, shown) for mac in macs[:MOST_MACS]])
    if total > len(lines):
        lines.append(f"… and {total - len(lines)} more")
    blocks: list[Block] = [
        section(f"{head}, registered by {person(shown.registered_by)} {moment(shown.created_at)}"),
        section("\n".join(lines)),
        ContextBlock(elements=[markup(tally)]),
    ]
    if shown.note:
        blocks.insert(1, section(f"> {escape(shown.note)}"))
    return Message(f"{head}: {tally}", blocks)


def confirmation(facts: Mapping[str, Any], late: datetime | None) -> Message:
    """The news that a Mac's manifest was written and read back."""
    who = facts["registered_by"]
    where = place(facts["site"], facts["build"])
    lines = [
        f":white_check_mark: `{facts['serial']}` is done: its manifest is written, for {where}."
    ]
    lines.append(f"Registered by {person(who)}." if who else "Nobody had registered it.")
    if facts["overruled"]:
        lines.append(f"Its script asked for {escape(facts['overruled'])}; the registration won.")
    return _news(lines, late)


def trouble(facts: Mapping[str, Any], late: datetime | None) -> Message:
    """News that somebody has to act on."""
    return _news([f":warning: Trouble: {escape(facts['sentence'])}"], late)


def _news(lines: list[str], late: datetime | None) -> Message:
    if late is not None:
        lines.append(f"This happened {moment(late)}; Slack could not be told earlier.")
    text = " ".join(lines)
    return Message(text, [section(text)])


def _fitting(lines: list[str]) -> list[str]:
    """The first lines, as many as one section holds beside the number of the others."""
    room = LONGEST_SECTION - len("… and 1000000 more")
    return [line for line, end in zip(lines, _ends(lines), strict=True) if end <= room]


def _ends(lines: list[str]) -> Iterable[int]:
    return accumulate(len(line) + 1 for line in lines)


def _line(mac: Registration, shown: Card) -> str:
    line = f"• `{mac.name}` {_WORDS[mac.state]}"
    if mac.state == CONFIRMED and mac.confirmed_at:
        line += f" {moment(mac.confirmed_at)}"
    if (mac.site, mac.build) != (shown.site, shown.build):
        line += f", moved to {place(mac.site, mac.build)}"
    return line
