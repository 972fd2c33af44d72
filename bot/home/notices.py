"""Notices on a Home tab: a person's imports, and findings for admins."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.slack.markup import mention, moment, paragraphs, with_rest
from provisioning.imports.lifecycle import Unfinished
from provisioning.imports.models import READING
from provisioning.outbox.refusals.refused_messages import RefusedMessages
from provisioning.values.language import _, ngettext
from provisioning.values.slack import escape

MAX_LINES = 10  # lines of a kind; the others are counted
LONGEST = 500  # characters of a person's text


def imports(unfinished: Sequence[Unfinished]) -> list[Block]:
    """Return blocks of the imports that a person has not registered yet."""
    if not unfinished:
        return []
    lines = [_("*Handed in by you, not registered yet*"), *map(_import, unfinished[:MAX_LINES])]
    return [DividerBlock(), *paragraphs(lines)]


def troubles(refused: Sequence[RefusedMessages], findings: Sequence[str] = ()) -> list[Block]:
    """Return blocks for admins: messages that Slack refused, and anything else.

    `findings` are sentences in plain text, with the fixes.
    """
    lines = [
        *with_rest([f"• {escape(each[:LONGEST])}" for each in findings[:MAX_LINES]], len(findings)),
        *with_rest([_refused(messages) for messages in refused[:MAX_LINES]], len(refused)),
    ]
    if not lines:
        return []
    return [DividerBlock(), *paragraphs([_("*For an admin to fix*"), *lines])]


def _import(unfinished: Unfinished) -> str:
    facts = {"moment": moment(unfinished.at), "place": _place(unfinished.channel)}
    if unfinished.channel is None:
        return _(
            "• Read, handed in {moment} and shown to you alone: register it or drop it there. If "
            "that is gone, hand it in again.",
            **facts,
        )
    if unfinished.state != READING:
        return _(
            "• Read, handed in {moment}: register it or drop it on its card in {place}.", **facts
        )
    if unfinished.files > 1:
        return _(
            "• Being read; {done} of {files} files read: handed in {moment}. Its card in {place} "
            "will say more.",
            done=unfinished.done,
            files=unfinished.files,
            **facts,
        )
    return _("• Being read: handed in {moment}. Its card in {place} will say more.", **facts)


def _refused(refused: RefusedMessages) -> str:
    """Refused messages of one reason, which contains the fix."""
    return ngettext(
        "• Slack refused {number} message to {place}, the oldest of {moment}: {reason}. When that "
        "is fixed, have whoever runs Rollcall run `boot.sh resend`.",
        "• Slack refused {number} messages to {place}, the oldest of {moment}: {reason}. When that "
        "is fixed, have whoever runs Rollcall run `boot.sh resend`.",
        refused.number,
        place=_place(refused.channel),
        moment=moment(refused.since),
        reason=escape(refused.reason[:LONGEST]),
    )


def _place(channel: str | None) -> str:
    """A channel or a person by their id, as markup."""
    if channel is None or channel.startswith("D"):
        return _("your conversation with Rollcall")
    return mention(channel)
