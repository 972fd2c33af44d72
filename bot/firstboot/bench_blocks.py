"""Blocks of a bench: its card, and the answers to its commands."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, ContextBlock

from bot.registrations import batch_card
from bot.slack.buttons import beside, danger
from bot.slack.markup import (
    Message,
    announcement,
    macs,
    markup,
    moment,
    person,
    place,
    plain,
    section,
)
from bot.slack.undo_button import undoable
from provisioning.firstboot.models import Bench
from provisioning.outbox.models import Card
from provisioning.registrations.models import Operation, Registration

END = "bench_end"


def card(
    bench: Bench, shown: Card, counts: Mapping[str, int], members: Sequence[Registration]
) -> Message:
    """A bench and the Macs that it took; while it is open, with the button that ends it."""
    tally = f"{bench.taken} of {bench.wanted} taken"
    head = f"Bench of {person(bench.by)} for {place(bench.site, bench.build)}: {tally}"
    line = f"{head}. {_until(bench)}"
    is_open = bench.ended_at is None
    blocks: list[Block] = [beside(line, _end(bench)) if is_open else section(line)]
    if members:
        blocks.append(section(batch_card.listed(members, sum(counts.values()), shown)))
        states = batch_card.tally(counts)
        blocks.append(ContextBlock(elements=[markup(f"{batch_card.bar(counts)} {states}")]))
    blocks += batch_card.buttons(shown, counts)
    return Message(f"{head}{_taken(counts, members)}", blocks)


def opened(bench: Bench, operation: Operation) -> Message:
    """The answer to the person who opened it."""
    sentence = (
        f"The next {_wanted(bench.wanted, bench)} to {place(bench.site, bench.build)}, registered "
        f"in your name, until {moment(bench.until)}.{_exception(bench)}"
    )
    return undoable(plain(sentence), operation)


def occupied(bench: Bench) -> Message:
    """The answer to a person who wants a second one."""
    sentence = (
        f"{person(bench.by)} has a bench open for {place(bench.site, bench.build)}: "
        f"{bench.taken} of {bench.wanted} taken, until {moment(bench.until)}. There is one at a "
        "time; end it, or wait until it is full."
    )
    return Message(sentence, [beside(sentence, _end(bench))])


def ended(bench: Bench) -> Message:
    """The answer to the person who ended it."""
    return plain(f"The bench has ended. It took {macs(bench.taken)} of {bench.wanted}.")


def _taken(counts: Mapping[str, int], members: Sequence[Registration]) -> str:
    if not members:
        return ""
    serials, states = [mac.name for mac in members], batch_card.states_of(counts)
    return f". {announcement(serials, sum(counts.values()), state=states)}"


def _until(bench: Bench) -> str:
    if bench.ended_at is None:
        missing = _wanted(bench.wanted - bench.taken, bench)
        return f"The next {missing} there, until {moment(bench.until)}.{_exception(bench)}"
    if bench.ended_by is not None:
        return f"Ended by {person(bench.ended_by)} {moment(bench.ended_at)}."
    if bench.taken >= bench.wanted:
        return f"Full since {moment(bench.ended_at)}."
    return f"Its time was over {moment(bench.ended_at)}."


def _wanted(number: int, bench: Bench) -> str:
    """The Macs that a bench takes, as the subject of a sentence and its verb."""
    macs_, go = ("Mac", "goes") if number == 1 else (f"{number} Macs", "go")
    if bench.takes_named:
        return f"{macs_} that nobody registered, whether or not the script names a place, {go}"
    return f"{macs_} that nobody registered and whose script names no place {go}"


def _exception(bench: Bench) -> str:
    """The Macs that a bench for all leaves alone; empty for another."""
    if not bench.takes_named:
        return ""
    return " Where its script names a site of another Slack group, a Mac goes there."


def _end(bench: Bench) -> ButtonElement:
    return danger(
        "End",
        END,
        str(bench.id),
        title="End this bench?",
        consequence=f"It took {macs(bench.taken)} of {bench.wanted}; these stay registered. The "
        "channel is asked about Macs that boot from now on.",
        confirm="End this bench",
    )
