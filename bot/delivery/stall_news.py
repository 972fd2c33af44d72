"""What is said of Macs of which nothing is heard."""

from collections.abc import Sequence

from bot.slack.markup import Message, escape, macs, moment, person, place, posted, standing
from provisioning.registrations.models import Registration

MOST_NAMED = 20  # Macs of one message; the others are counted
LONGEST_WORD = 100  # characters of what a Mac said last


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
    lines = [head, *(f"• {_last_word(mac)}" for mac in silent[:MOST_NAMED])]
    if len(silent) > MOST_NAMED:
        lines.append(f"… and {len(silent) - MOST_NAMED} more")
    return Message(f"{head} {', '.join(mac.name for mac in silent[:MOST_NAMED])}", posted(lines))


def reminder(mac: Registration) -> Message:
    """What a person wanted to be told of a Mac that is not done."""
    head = f":alarm_clock: You wanted to be reminded of `{mac.name}`: it is not confirmed yet."
    return Message(head, posted([head, standing(mac), *_step(mac)]))


def _last_word(mac: Registration) -> str:
    heard = f"last heard {moment(mac.heard_at)}" if mac.heard_at else "never heard"
    said = f": {escape(mac.step[:LONGEST_WORD])}" if mac.step else ""
    return f"`{mac.name}` for {place(mac.site, mac.build)}, {heard}{said}"


def _step(mac: Registration) -> list[str]:
    if mac.step is None or mac.heard_at is None:
        return []
    return [f"It said last, {moment(mac.heard_at)}: {escape(mac.step[:LONGEST_WORD])}"]
