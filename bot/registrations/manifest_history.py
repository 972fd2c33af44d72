"""The history of a manifest: its last change, and the job that takes it back."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from bot.slack.buttons import danger
from bot.slack.markup import author, escape, markup, moment, person
from infrastructure.jobs.runner import Record
from provisioning.munki.editing import Author, ManifestEditor
from provisioning.munki.errors import retried_later
from provisioning.munki.models import Revision
from provisioning.munki.revisions import Difference
from provisioning.outbox import records

RESTORE_BUTTON = "restore_manifest"
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
    action = "removed" if revision.after is None else "changed" if revision.before else "made"
    by = f" by {author(revision.by)}" if revision.by else ""
    lines = [f"*Its manifest* was {action}{by} {moment(revision.at)} ({escape(revision.via)})."]
    lines += [part for part in parts if part]
    return [SectionBlock(text=markup("\n".join(lines)), accessory=_restore(revision))]


def restored(revision: Revision, by: str) -> str:
    """The sentence that a channel hears."""
    outcome = "as it was before" if revision.before is not None else "away again, as it was"
    reason = f"the change of {moment(revision.at)} is taken back"
    return f"{person(by)} brought the manifest `{escape(revision.name)}` back {outcome}: {reason}."


def _restore(revision: Revision) -> ButtonElement:
    consequence = (
        "The manifest is removed" if revision.before is None else "Its former content comes back"
    )
    return danger(
        "Restore",
        RESTORE_BUTTON,
        str(revision.id),
        title="Restore the manifest?",
        consequence=f"{consequence}, unless somebody has changed it since. "
        "A Mac that boots later gets a new one.",
        confirm="Restore this manifest",
    )


def _keys(label: str, keys: Sequence[str]) -> str:
    if not keys:
        return ""
    named = ", ".join(f"`{escape(key[:60])}`" for key in keys[:MOST_KEYS])
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return f"• {label}: {named}{more}"


class RestoreJob:
    """A job that restores a manifest as it was before its last change; `channel` hears of it."""

    def __init__(self, manifests: ManifestEditor, *, channel: str) -> None:
        self._manifests, self._channel = manifests, channel

    def do(self, payload: dict[str, Any]) -> Record:
        """Restore it; `payload` are the `revision` and `by` (a user id).

        Raises what `ManifestEditor.restore` raises.
        """
        by = payload["by"]
        with retried_later():
            revision = self._manifests.restore(payload["revision"], editor=Author(by, "button"))
        return records.news(self._channel, restored(revision, by))

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Say that it stays as it is."""
        return records.news(payload["by"], f"The manifest was not restored: {escape(reason)}")
