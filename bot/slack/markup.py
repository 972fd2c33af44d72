"""Builders of Slack's markup and of messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape as unescape_html
from itertools import accumulate

from slack_sdk.models.blocks import Block, MarkdownTextObject, SectionBlock

from provisioning.registrations.models import ADOPTED, Registration
from provisioning.values import board_pages
from provisioning.values.language import (
    _,
    aside,
    commas,
    conjunction,
    hour,
    macs,
    ngettext,
    stated,
)
from provisioning.values.outsiders import is_outsider, shown
from provisioning.values.slack import INVISIBLE, escape, is_channel_id, is_user_id

LONGEST_SECTION = 3000  # characters of a section's text, by Slack's reference
MAX_NAMED = 3  # Macs, or places, in an announcement; more are counted
LONGEST_TEXT = 4000  # bytes of a message's text that Slack takes when the message is edited
LONGEST_STEP = 100  # characters of a Mac's message
LONGEST_POST = 12_000  # characters of a posted message's blocks; Slack takes a little more


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: blocks, and the text for notifications and screen readers.

    Where there is a table among the blocks, `without_table` are blocks with the same content, for
    a window, and for a Slack that refuses the table.
    """

    text: str
    blocks: Sequence[Block]
    without_table: Sequence[Block] | None = None

    @property
    def short_text(self) -> str:
        """The text, cut at the end of a word where it is longer than Slack takes in an edit."""
        content = self.text.encode()
        if len(content) <= LONGEST_TEXT:
            return self.text
        cut = content[: LONGEST_TEXT - len("…".encode())].decode(errors="ignore")
        return f"{cut.rpartition(' ')[0] or cut}…"

    @property
    def tableless(self) -> Sequence[Block]:
        """The blocks that stand anywhere."""
        return self.blocks if self.without_table is None else self.without_table


def plain(text: str) -> Message:
    """A message of one paragraph of markup."""
    return Message(text, [section(text)])


def section(text: str) -> SectionBlock:
    """A paragraph of markup, cut at a line's end where it is longer than Slack allows."""
    if len(text) > LONGEST_SECTION:
        text = text[: LONGEST_SECTION - 2].rsplit("\n", 1)[0] + "\n…"
    return SectionBlock(text=markup(text))


def unmarked(text: str) -> str:
    """Markup of ours as plain text, for where Slack shows no markup."""
    return unescape_html(text.replace(INVISIBLE, "").replace("*", "").replace("`", ""))


def markup(text: str) -> MarkdownTextObject:
    """Markup that Slack takes as it is, without looking for links and mentions."""
    return MarkdownTextObject(text=text, verbatim=True)


def person(user: str | None) -> str:
    """A mention of a Slack user, whose name the client shows; who adopts Macs has none.

    A person who is not in Slack is named.
    """
    if user and is_outsider(user):
        return escape(shown(user))
    return _("an admin") if user == ADOPTED else f"<@{user}>" if user else _("nobody")


def registered(by: str | None) -> str:
    """The origin of a registration, in words that a moment may follow."""
    if by == ADOPTED:
        return _("adopted")
    return _("registered by {person}", person=person(by)) if by else _("registered by nobody")


def mention(slack_id: str) -> str:
    """A mention of a person or a link to a channel, by their id; another text as it is."""
    if is_channel_id(slack_id):
        return f"<#{slack_id}>"
    return author(slack_id)


def author(name: str) -> str:
    """The author of a change: a person in Slack by the id, or another name as it is."""
    return person(name) if is_user_id(name) else escape(shown(name))


def named_mac(name: str) -> str:
    """A serial: a link to the Mac's page where there is a board, else code, which is copied."""
    address = board_pages.of_mac(name)
    return f"<{address}|{name}>" if address else f"`{name}`"


def moment(at: datetime) -> str:
    """A time in the reader's own zone, as Slack's date token."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{hour(at)}>"


def place(site: str, build: str) -> str:
    """A site and a build as markup; one of them where the repo has only that kind."""
    return " / ".join(f"*{escape(name)}*" for name in (site, build) if name)


def announcement(
    serials: Sequence[str], total: int, *, target: str = "", origin: str = "", state: str = ""
) -> str:
    """The text of a message about Macs, which a notification and a screen reader say.

    It names `total` Macs by their `serials`, or counts them, with their `target` (a place, as
    `place` and `places` return it), their `origin` (such as "registered by" and a mention) and
    their `state`, in a few words.
    """
    head = named(serials, total)
    if target:
        head = _("{macs} for {place}", macs=head, place=target)
    subject = commas([part for part in (head, origin) if part])
    return stated(subject, state) if state else subject


def announced(registrations: Sequence[Registration], total: int, state: str) -> str:
    """The announcement of `total` registered Macs, the first of which are `registrations`.

    Where these are not all, or several people registered them, it does not say the others' places
    or who they were.
    """
    origins = {registered(mac.registered_by) for mac in registrations}
    are_all = total <= len(registrations)
    return announcement(
        [mac.name for mac in registrations],
        total,
        target=places((mac.site, mac.build) for mac in registrations) if are_all else "",
        origin=origins.pop() if are_all and len(origins) == 1 else "",
        state=state,
    )


def named(serials: Sequence[str], total: int) -> str:
    """The serials of Macs as markup; how many they are, where there are too many to listen to."""
    if total > min(MAX_NAMED, len(serials)):
        return macs(total)
    return commas([f"`{serial}`" for serial in serials[:total]]) or _("No Mac")


def places(destinations: Iterable[tuple[str, str]]) -> str:
    """The places of several Macs as markup, each once; how many they are, where they are many."""
    distinct = list(dict.fromkeys(destinations))
    if len(distinct) > MAX_NAMED:
        return ngettext("{number} place", "{number} places", len(distinct))
    return conjunction([place(*names) for names in distinct])


def standing(registration: Registration) -> str:
    """A line about a Mac: its serial, name, destination, state and requester."""
    name = named_mac(registration.name)
    return _(
        "{mac} → {place}: {state}; {registered} {moment}",
        mac=aside(name, escape(registration.called)) if registration.called else name,
        place=place(registration.site, registration.build),
        state=_stand(registration),
        registered=registered(registration.registered_by),
        moment=moment(registration.created_at),
    )


def _stand(mac: Registration) -> str:
    """The state of a Mac in words."""
    match mac.state:
        case "waiting":
            return _("waiting for its first boot")
        case "imaging":
            return _("stalled while it was imaged") if mac.is_stalled else _("being imaged")
        case "failed":
            return _("failed")
        case "cancelled":
            return _("cancelled")
    if mac.confirmed_at is None:
        return _("confirmed")
    return _("confirmed {moment}", moment=moment(mac.confirmed_at))


def reported(step: str) -> str:
    """The message of a Mac on its way as markup, cut where it is long."""
    return escape(step[:LONGEST_STEP])


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Lines as sections, each as long as Slack allows."""
    texts = [lines[0]]
    for line in lines[1:]:
        if len(texts[-1]) + 1 + len(line) > LONGEST_SECTION:
            texts.append(line)
        else:
            texts[-1] += f"\n{line}"
    return [section(text) for text in texts]


def posted(lines: Sequence[str], room: int = LONGEST_POST) -> list[Block]:
    """Lines as sections of a message for a channel: as many of the first as Slack takes there.

    `room` is the number of characters that other blocks leave.
    """
    first_lines = fitting(lines, room)
    is_cut = len(first_lines) < len(lines)
    more = [_("… and more than Slack shows in one message")] if is_cut else []
    return paragraphs([*first_lines, *more])


def fitting(lines: Sequence[str], room: int) -> list[str]:
    """The first lines, as many as fit into `room` characters, with a line feed behind each."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= room]


def known(names: Sequence[str], title: str, limit: int = 20) -> str:
    """A list of the names to choose from, the first `limit` of them."""
    listed = listing([escape(name) for name in names[:limit]], len(names)) or _("none")
    return _("{title}: {names}", title=title, names=listed)


def listing(names: Sequence[str], total: int) -> str:
    """A list of names in a sentence, with the number of those of `total` that are not named."""
    listed, rest = commas(names), total - len(names)
    return _("{names} and {number} more", names=listed, number=rest) if rest > 0 else listed


def with_rest(lines: Sequence[str], total: int) -> list[str]:
    """The first lines of `total`, and one that says how many the others are, if there are any."""
    rest = total - len(lines)
    return [*lines, *([_("… and {number} more", number=rest)] if rest > 0 else [])]
