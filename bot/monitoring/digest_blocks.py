"""Blocks of the digest."""

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import TableBlock

from bot.slack.markup import (
    LONGEST_POST,
    Message,
    announced,
    announcement,
    moment,
    named_mac,
    person,
    place,
    posted,
    reported,
    with_rest,
)
from bot.slack.tables import FEWEST, TableColumn, destination, length, serial, table, when, who
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.registrations.models import Registration
from provisioning.values.kinds import BOTH
from provisioning.values.language import _, clauses, commas, ngettext, stated

MORE_BLOCKS = 500  # characters that the blocks of a table's message take away, besides its texts


def digest(gathered: Digest, command: str, form: str = BOTH.form) -> Message:
    """The digest, or a sentence that no Mac needs attention.

    `form` are the names to be typed behind a serial, such as `SITE BUILD`.
    """
    if not gathered:
        sentence = _("Nothing needs attention: no Mac has failed, stalled or waited for long.")
        return Message(sentence, posted([sentence]))
    before = [
        *_part(gathered.failed, _failed, _trouble),
        *_part(gathered.stalled, _stalled, _trouble),
    ]
    after = [
        *_part(gathered.drifted, _drifted, _mac),
        *_unknown_macs(
            gathered.unknown_macs, gathered.unknown, f"{command} register SERIAL {form}"
        ),
    ]
    before = [_("*Needs attention: {names}*", names=_counts(gathered)), *before]
    waiting = _part(gathered.waiting, _never_booted, _waits)
    text, lines = _announced(gathered), posted([*before, *waiting, *after])
    if len(gathered.waiting.first) < FEWEST:
        return Message(text, lines)
    above, drawn = [*before, waiting[0]], _table(gathered.waiting.first)
    rest = [*with_rest((), gathered.waiting.total - len(gathered.waiting.first)), *after]
    used = sum(len(line) + 1 for line in above) + length(drawn.to_dict()) + MORE_BLOCKS
    if used > LONGEST_POST:
        return Message(text, lines)
    below = posted(rest, LONGEST_POST - used) if rest else []
    return Message(text, [*posted(above), drawn, *below], lines)


def _counts(gathered: Digest) -> str:
    """The numbers of the digest in a row, of the kinds that have any."""
    counts = [(part.total, _(state)) for part, state in gathered.parts]
    counts.append((gathered.unknown, _("not registered")))
    return commas(
        [_("{number} {state}", number=total, state=word) for total, word in counts if total]
    )


def _table(macs: Sequence[Registration]) -> TableBlock:
    return table(
        TableColumn(_("Serial"), [serial(mac.name) for mac in macs]),
        TableColumn(_("Goes to"), [destination(mac.site, mac.build) for mac in macs]),
        TableColumn(_("Registered by"), [who(mac.registered_by) for mac in macs]),
        TableColumn(_("Since"), [when(mac.changed_at) for mac in macs]),
    )


def _announced(gathered: Digest) -> str:
    """The text of a digest: the Macs of each part, named where they are few."""
    parts = [
        announced(part.first, part.total, _(state)) for part, state in gathered.parts if part.total
    ]
    if gathered.unknown:
        serials = [mac.reported_as for mac in gathered.unknown_macs]
        parts.append(announcement(serials, gathered.unknown, state=_("not registered")))
    return _("Needs attention. {names}", names=clauses(parts))


def _failed(number: int) -> str:
    return ngettext("*{number} Mac* failed:", "*{number} Macs* failed:", number)


def _stalled(number: int) -> str:
    return ngettext(
        "*{number} Mac* fell silent while being imaged:",
        "*{number} Macs* fell silent while being imaged:",
        number,
    )


def _drifted(number: int) -> str:
    return ngettext(
        "*{number} Mac* confirmed, but its manifest says otherwise:",
        "*{number} Macs* confirmed, but their manifests say otherwise:",
        number,
    )


def _never_booted(number: int) -> str:
    return ngettext(
        "*{number} Mac* registered for more than a day and never booted:",
        "*{number} Macs* registered for more than a day and never booted:",
        number,
    )


def _part(
    part: DigestPart, title: Callable[[int], str], line: Callable[[Registration], str]
) -> list[str]:
    if not part.total:
        return []
    return [title(part.total), *with_rest([f"• {line(mac)}" for mac in part.first], part.total)]


def _trouble(mac: Registration) -> str:
    line = commas([_mac(mac), *([moment(mac.heard_at)] if mac.heard_at else [])])
    return stated(line, reported(mac.step)) if mac.step else line


def _waits(mac: Registration) -> str:
    return _("{mac}, since {moment}", mac=_mac(mac), moment=moment(mac.changed_at))


def _mac(mac: Registration) -> str:
    return _(
        "{mac} for {place}, by {person}",
        mac=named_mac(mac.name),
        place=place(mac.site, mac.build),
        person=person(mac.registered_by),
    )


def _unknown_macs(first: Sequence[UnknownMac], total: int, command: str) -> list[str]:
    if not total:
        return []
    lines = [
        _("• `{serial}`, last {moment}", serial=mac.reported_as, moment=moment(mac.last_at))
        for mac in first
    ]
    return [
        ngettext(
            "*{number} Mac* booted in the last day and nobody registered it:",
            "*{number} Macs* booted in the last day and nobody registered them:",
            total,
        ),
        *with_rest(lines, total),
        _("`{command}` says where they go.", command=command),
    ]
