"""Blocks of a bench: its card, and the answers to its commands."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, ContextBlock

from bot.registrations import batch_card
from bot.slack.buttons import beside, danger, undoable
from bot.slack.markup import Message, announcement, moment, person, place, plain, section
from provisioning.firstboot.models import Bench
from provisioning.outbox.models import Card
from provisioning.registrations.models import Operation, Registration
from provisioning.values import board_pages
from provisioning.values.language import _, as_sentence, ngettext

END = "bench_end"


def card(
    bench: Bench, card_row: Card, counts: Mapping[str, int], members: Sequence[Registration]
) -> Message:
    """A bench and the Macs that it took; while it is open, with the button that ends it."""
    tally = _("{taken} of {wanted} taken", taken=bench.taken, wanted=bench.wanted)
    head = _(
        "Bench of {person} for {place}: {tally}",
        person=person(bench.by),
        place=place(bench.site, bench.build),
        tally=tally,
    )
    line = f"{as_sentence(head)} {_until(bench)}"
    is_open = bench.ended_at is None
    blocks: list[Block] = [beside(line, _end(bench)) if is_open else section(line)]
    if members:
        blocks += batch_card.listed(members, sum(counts.values()), card_row)
        address = board_pages.of_place(card_row.site, card_row.build)
        blocks.append(ContextBlock(elements=batch_card.progress(counts, address)))
    blocks += batch_card.buttons(card_row, counts)
    return Message(_announced(head, counts, members), blocks)


def opened(bench: Bench, operation: Operation) -> Message:
    """The answer to the person who opened it."""
    sentence = _(
        "The next {macs} to {place}, registered in your name, until {moment}.",
        macs=_wanted(bench.wanted, bench),
        place=place(bench.site, bench.build),
        moment=moment(bench.until),
    )
    return undoable(plain(_with_exception(sentence, bench)), operation)


def occupied(bench: Bench) -> Message:
    """The answer to a person who wants a second one."""
    sentence = _(
        "{person} has a bench open for {place}: {taken} of {wanted} taken, until {moment}. There "
        "is one at a time; end it, or wait until it is full.",
        person=person(bench.by),
        place=place(bench.site, bench.build),
        taken=bench.taken,
        wanted=bench.wanted,
        moment=moment(bench.until),
    )
    return Message(sentence, [beside(sentence, _end(bench))])


def ended(bench: Bench) -> Message:
    """The answer to the person who ended it."""
    return plain(
        ngettext(
            "The bench has ended. It took {number} Mac of {wanted}.",
            "The bench has ended. It took {number} Macs of {wanted}.",
            bench.taken,
            wanted=bench.wanted,
        )
    )


def _announced(head: str, counts: Mapping[str, int], members: Sequence[Registration]) -> str:
    if not members:
        return head
    serials, states = [mac.name for mac in members], batch_card.states_of(counts)
    return f"{as_sentence(head)} {announcement(serials, sum(counts.values()), state=states)}"


def _until(bench: Bench) -> str:
    if bench.ended_at is None:
        missing = _wanted(bench.wanted - bench.taken, bench)
        line = _("The next {macs} there, until {moment}.", macs=missing, moment=moment(bench.until))
        return _with_exception(line, bench)
    if bench.ended_by is not None:
        return _(
            "Ended by {person} {moment}.",
            person=person(bench.ended_by),
            moment=moment(bench.ended_at),
        )
    if bench.taken >= bench.wanted:
        return _("Full since {moment}.", moment=moment(bench.ended_at))
    return _("Its time ran out {moment}.", moment=moment(bench.ended_at))


def _wanted(number: int, bench: Bench) -> str:
    """The Macs that a bench takes, as the subject of a sentence and its verb."""
    if bench.takes_named:
        return ngettext(
            "Mac that nobody registered, whether or not the script names a place, goes",
            "{number} Macs that nobody registered, whether or not the script names a place, go",
            number,
        )
    return ngettext(
        "Mac that nobody registered and whose script names no place goes",
        "{number} Macs that nobody registered and whose script names no place go",
        number,
    )


def _with_exception(sentence: str, bench: Bench) -> str:
    """A sentence, and the Macs that a bench for all leaves alone; itself for another bench."""
    if not bench.takes_named:
        return sentence
    there = _("Where its script names a site of another Slack group, a Mac goes there.")
    return f"{sentence} {there}"


def _end(bench: Bench) -> ButtonElement:
    return danger(
        _("End"),
        END,
        str(bench.id),
        title=_("End this bench?"),
        consequence=ngettext(
            "It took {number} Mac of {wanted}; these stay registered. The channel is asked about "
            "Macs that boot from now on.",
            "It took {number} Macs of {wanted}; these stay registered. The channel is asked about "
            "Macs that boot from now on.",
            bench.taken,
            wanted=bench.wanted,
        ),
        confirm=_("End this bench"),
    )
