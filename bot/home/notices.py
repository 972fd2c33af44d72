"""Notices on a Home tab: a person's imports, and findings for admins."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.slack.markup import escape, mention, moment, paragraphs
from provisioning.imports.models import READING
from provisioning.monitoring.pending import Unfinished
from provisioning.outbox.refusals.refused_messages import RefusedMessages

MOST = 10  # lines of a kind; the others are counted
LONGEST = 500  # characters of a person's text


def imports(unfinished: Sequence[Unfinished]) -> list[Block]:
    """Return blocks of the imports that a person has not registered yet."""
    if not unfinished:
        return []
    lines = ["*Handed in by you, not registered yet*", *map(_import, unfinished[:MOST])]
    return [DividerBlock(), *paragraphs(lines)]


def troubles(refused: Sequence[RefusedMessages], findings: Sequence[str] = ()) -> list[Block]:
    """Return blocks for admins: messages that Slack refused, and anything else.

    `findings` are sentences, plain text, that say what to do.
    """
    lines = [
        *_capped([f"• {escape(finding[:LONGEST])}" for finding in findings]),
        *_capped([_refused(messages) for messages in refused]),
    ]
    if not lines:
        return []
    return [DividerBlock(), *paragraphs(["*For an admin to fix*", *lines])]


def _import(unfinished: Unfinished) -> str:
    since = f"handed in {moment(unfinished.at)}"
    if unfinished.state == READING:
        progress = (
            f"; {unfinished.done} of {unfinished.files} files read" if unfinished.files > 1 else ""
        )
        return (
            f"• Being read{progress}: {since}. "
            f"Its card in {_place(unfinished.channel)} will say more."
        )
    return f"• Read, {since}: register it or drop it on its card in {_place(unfinished.channel)}."


def _refused(refused: RefusedMessages) -> str:
    """Messages that are alike; what fixes them is in the reason."""
    return (
        f"• Slack refused {_messages(refused.number)} to {_place(refused.channel)}, the oldest of "
        f"{moment(refused.since)}: {escape(refused.reason[:LONGEST])}. "
        "When that is fixed, have whoever runs Rollcall run `boot.sh resend`."
    )


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _place(channel: str | None) -> str:
    """A channel or a person by their id, as markup."""
    if channel is None or channel.startswith("D"):
        return "your conversation with Rollcall"
    return mention(channel)


def _capped(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return [*lines[:MOST], *([f"• … and {more} more"] if more > 0 else [])]
