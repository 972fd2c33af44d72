"""What happened to a Mac's manifest, and the button that brings back what it was."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, ConfirmObject, SectionBlock

from bot.slack.markup import escape, markup, moment, person
from provisioning.munki.differences import Difference
from provisioning.munki.models import Revision

RESTORE = "restore_manifest"
MOST_KEYS = 12  # named of each kind


def change(revision: Revision) -> Sequence[Block]:
    """The last change of a manifest: which keys, which stayed, and how to undo it."""
    difference = Difference.between(revision.before, revision.after)
    parts = [
        _keys("new", difference.new),
        _keys("changed", difference.changed),
        _keys("gone", difference.gone),
        _keys("kept as they were", difference.kept),
    ]
    did = "removed" if revision.after is None else "changed" if revision.before else "made"
    by = f" by {_who(revision.by)}" if revision.by else ""
    lines = [f"*Its manifest* was {did}{by} {moment(revision.at)} ({escape(revision.via)})."]
    lines += [part for part in parts if part]
    return [SectionBlock(text=markup("\n".join(lines)), accessory=_restore(revision))]


def restored(revision: Revision, by: str) -> str:
    """The sentence that a channel hears."""
    was = "as it was before" if revision.before is not None else "away again, as it was"
    since = f"the change of {moment(revision.at)} is taken back"
    return f"{person(by)} brought the manifest `{escape(revision.name)}` back {was}: {since}."


def _restore(revision: Revision) -> ButtonElement:
    what = "The manifest is removed" if revision.before is None else "Its former bytes come back"
    return ButtonElement(
        text="Restore",
        action_id=RESTORE,
        value=str(revision.id),
        confirm=ConfirmObject(
            title="Restore the manifest?",
            text=f"{what}, unless somebody changed it since. A Mac that boots later gets it anew.",
            confirm="Restore",
            deny="Leave it",
        ),
    )


def _keys(what: str, keys: Sequence[str]) -> str:
    if not keys:
        return ""
    named = ", ".join(f"`{escape(key[:60])}`" for key in keys[:MOST_KEYS])
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return f"• {what}: {named}{more}"


def _who(by: str) -> str:
    return person(by) if by.startswith(("U", "W")) and by.isalnum() and by.isupper() else escape(by)
