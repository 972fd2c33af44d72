"""Blocks of the digest."""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import TableBlock

from bot.slack.markup import (
    LONGEST_POST,
    Message,
    announced,
    announcement,
    escape,
    macs,
    moment,
    person,
    place,
    posted,
)
from bot.slack.tables import FEWEST, Column, code, destination, length, table, when, who
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.registrations.models import Registration
from provisioning.values.kinds import BOTH

MORE_BLOCKS = 500  # characters that the blocks of a table's message take away, besides its texts
_NEVER_BOOTED = "registered for more than a day and never booted"
LONGEST_WORD = 100  # characters of a Mac's last message


def digest(gathered: Digest, command: str, form: str = BOTH.form) -> Message:
    """The digest; says so where there is nothing to look after.

    `form` are the names to be typed behind a serial, such as `SITE BUILD`.
    """
    if not gathered:
        sentence = "Nothing needs attention: no Mac has failed, stalled or waited for long."
        return Message(sentence, posted([sentence]))
    before = [
        *_part(gathered.failed, "failed", _trouble),
        *_part(gathered.stalled, "fell silent while being imaged", _trouble),
    ]
    after = [
        *_part(gathered.drifted, "confirmed, but their manifests say otherwise", _mac),
        *_unknown_macs(
            gathered.unknown_macs, gathered.unknown, f"{command} register SERIAL {form}"
        ),
    ]
    counts = (
        (gathered.failed.total, "failed"),
        (gathered.stalled.total, "stalled"),
        (gathered.waiting.total, "never booted"),
        (gathered.drifted.total, "with another manifest"),
        (gathered.unknown, "not registered"),
    )
    head = ", ".join(f"{total} {word}" for total, word in counts if total)
    before = [f"*Needs attention: {head}*", *before]
    waiting = _part(gathered.waiting, _NEVER_BOOTED, _waits)
    text, lines = _announced(gathered), posted([*before, *waiting, *after])
    if len(gathered.waiting.first) < FEWEST:
        return Message(text, lines)
    above, drawn = [*before, waiting[0]], _table(gathered.waiting.first)
    rest = [*_more(gathered.waiting.total - len(gathered.waiting.first)), *after]
    used = sum(len(line) + 1 for line in above) + length(drawn.to_dict()) + MORE_BLOCKS
    if used > LONGEST_POST:
        return Message(text, lines)
    below = posted(rest, LONGEST_POST - used) if rest else []
    return Message(text, [*posted(above), drawn, *below], lines)


def _table(macs: Sequence[Registration]) -> TableBlock:
    return table(
        Column("Serial", [code(mac.name) for mac in macs]),
        Column("Goes to", [destination(mac.site, mac.build) for mac in macs]),
        Column("Registered by", [who(mac.registered_by) for mac in macs]),
        Column("Since", [when(mac.changed_at) for mac in macs]),
    )


def _announced(gathered: Digest) -> str:
    """The text of a digest: the Macs of each part, named where they are few."""
    parts = (
        (gathered.failed, "failed"),
        (gathered.stalled, "stalled"),
        (gathered.waiting, "never booted"),
        (gathered.drifted, "with another manifest"),
    )
    told = [announced(part.first, part.total, word) for part, word in parts if part.total]
    if gathered.unknown:
        serials = [mac.reported_as for mac in gathered.unknown_macs]
        told.append(announcement(serials, gathered.unknown, state="not registered"))
    return f"Needs attention. {'; '.join(told)}"


def _part(part: DigestPart, label: str, line: Callable[[Registration], str]) -> list[str]:
    if not part.total:
        return []
    return [
        f"*{macs(part.total)}* {label}:",
        *(f"• {line(mac)}" for mac in part.first),
        *_more(part.total - len(part.first)),
    ]


def _trouble(mac: Registration) -> str:
    message = f": {escape(mac.step[:LONGEST_WORD])}" if mac.step else ""
    heard = f", {moment(mac.heard_at)}" if mac.heard_at else ""
    return f"{_mac(mac)}{heard}{message}"


def _waits(mac: Registration) -> str:
    return f"{_mac(mac)}, since {moment(mac.changed_at)}"


def _mac(mac: Registration) -> str:
    return f"`{mac.name}` for {place(mac.site, mac.build)}, by {person(mac.registered_by)}"


def _unknown_macs(first: Sequence[UnknownMac], total: int, command: str) -> list[str]:
    if not total:
        return []
    pronoun = "it" if total == 1 else "them"
    return [
        f"*{macs(total)}* booted in the last day and nobody registered {pronoun}:",
        *(f"• `{mac.reported_as}`, last {moment(mac.last_at)}" for mac in first),
        *_more(total - len(first)),
        f"`{command}` says where they go.",
    ]


def _more(number: int) -> list[str]:
    return [f"… and {number} more"] if number else []
