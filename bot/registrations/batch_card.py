"""The card of a batch: one message that is edited in place while its Macs go on."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, ContextBlock, MarkdownTextObject

from bot.slack.buttons import rows
from bot.slack.markup import (
    LONGEST_SECTION,
    Message,
    announcement,
    fitting,
    markup,
    moment,
    named_mac,
    paragraphs,
    person,
    place,
    plain,
    registered,
    reported,
    section,
    with_rest,
)
from provisioning.maintenance.acts.verbs import offered_on_card
from provisioning.maintenance.acts.words import STATE_WORDS, counted, tally
from provisioning.outbox.models import Card
from provisioning.registrations.models import CANCELLED, CONFIRMED, WAITING, Registration
from provisioning.registrations.queries import MAX_ON_A_CARD
from provisioning.values import board_pages
from provisioning.values.language import _, commas, macs, stated
from provisioning.values.slack import escape

BAR = 12  # characters
LONGEST_LIST = 2 * LONGEST_SECTION  # characters: twenty Macs with an address each


def batch(card: Card, counts: Mapping[str, int], members: Sequence[Registration]) -> Message:
    """A batch: its destination, its requester, its progress, and the first Macs of `members`."""
    total = sum(counts.values())
    if not total:  # its Macs went back to what their own scripts requested
        destination = place(card.site, card.build)
        return plain(
            _(
                "What {person} registered for {destination} was undone.",
                person=person(card.registered_by),
                destination=destination,
            )
        )
    head = _("{macs} for {place}", macs=macs(total), place=place(card.site, card.build))
    blocks: list[Block] = [
        section(
            _(
                "{head}, registered by {person} {moment}",
                head=head,
                person=person(card.registered_by),
                moment=moment(card.created_at),
            )
        ),
        *listed(members, total, card),
        ContextBlock(elements=progress(counts, board_pages.of_batch(card.id))),
    ]
    if card.note:
        blocks.insert(1, section(f"> {escape(card.note)}"))
    blocks += buttons(card, counts)
    text = announcement(
        [mac.name for mac in members],
        total,
        target=place(card.site, card.build),
        origin=registered(card.registered_by),
        state=states_of(counts),
    )
    return Message(text, blocks)


def listed(members: Sequence[Registration], total: int, card: Card) -> list[Block]:
    """The first Macs of a card, one a line, and the number of the others."""
    room = LONGEST_LIST - len(_("… and {number} more", number=1_000_000))
    lines = fitting([_line(mac, card) for mac in members[:MAX_ON_A_CARD]], room)
    return paragraphs(with_rest(lines, total))


def progress(counts: Mapping[str, int], address: str | None) -> list[MarkdownTextObject]:
    """The line below a card's Macs: their states, and the link to a page of the board, if any."""
    elements = [markup(f"{bar(counts)} {tally(counts)}".strip())]
    if address:
        elements.append(markup(f"<{address}|{_('On the board')}>"))
    return elements


def states_of(counts: Mapping[str, int]) -> str:
    """The states of a card's Macs for screen readers, each with its number; of one Mac it alone."""
    present = [state for state in STATE_WORDS if counts.get(state)]
    is_single = sum(counts.values()) == 1
    return commas(
        [_(STATE_WORDS[state]) if is_single else counted(counts[state], state) for state in present]
    )


def buttons(card: Card, counts: Mapping[str, int]) -> list[Block]:
    """The buttons of a card with open Macs, those that apply to any of them.

    Each opens a window, which asks for which Macs.
    """
    states = {state for state, number in counts.items() if number and state != CANCELLED}
    if not states:
        return []
    offered = offered_on_card(states, sum(counts.values()))
    return rows(
        [
            ButtonElement(text=_(verb.label), action_id=f"card_{verb}", value=str(card.id))
            for verb in offered
        ]
    )


def bar(counts: Mapping[str, int]) -> str:
    """The progress of a batch as a bar that a phone shows in one line; the words say the same."""
    open_counts = {state: number for state, number in counts.items() if state != CANCELLED}
    total = sum(open_counts.values())
    if not total:
        return ""
    done = open_counts.get(CONFIRMED, 0) * BAR // total
    under_way = (total - open_counts.get(WAITING, 0)) * BAR // total - done
    return f"`{'█' * done}{'▒' * under_way}{'░' * (BAR - done - under_way)}`"


def _line(mac: Registration, card: Card) -> str:
    line = f"• {named_mac(mac.name)} {_(STATE_WORDS[mac.seen_as])}"
    if mac.state == CONFIRMED and mac.confirmed_at:
        line += f" {moment(mac.confirmed_at)}"
    elif mac.step:
        line = stated(line, reported(mac.step))
    if (mac.site, mac.build) != (card.site, card.build):
        line += _(", moved to {place}", place=place(mac.site, mac.build))
    return line
