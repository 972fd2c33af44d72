"""The history of a manifest: its last change, and the job that takes it back."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from bot.slack.buttons import danger
from bot.slack.markup import author, listing, markup, moment, person
from infrastructure.jobs.runner import Record
from infrastructure.text import Sentence
from provisioning.maintenance.acts.words import source
from provisioning.munki.editing import ManifestEditor
from provisioning.munki.manifests.writing import Author
from provisioning.munki.models import Revision
from provisioning.munki.revisions import RevisionDifference
from provisioning.outbox import records
from provisioning.values.language import _
from provisioning.values.slack import escape

RESTORE_BUTTON = "restore_manifest"
MAX_KEYS = 12  # named of each kind


def change(revision: Revision) -> Sequence[Block]:
    """The last change of a manifest: the keys, and the button that undoes it."""
    difference = RevisionDifference.between(revision.before, revision.after)
    parts = [
        _keys(_("new"), difference.new),
        _keys(_("changed"), difference.changed),
        _keys(_("gone"), difference.gone),
        _keys(_("kept as they were"), difference.kept),
    ]
    lines = [_change(revision), *(part for part in parts if part)]
    return [SectionBlock(text=markup("\n".join(lines)), accessory=_restore(revision))]


def restored(revision: Revision, by: str) -> Sentence:
    """The sentence for the channel."""
    facts = {"person": person(by), "name": escape(revision.name), "moment": moment(revision.at)}
    if revision.before is None:
        return Sentence(
            "{person} removed the manifest `{name}`, which was not there before: the change of "
            "{moment} is taken back.",
            **facts,
        )
    return Sentence(
        "{person} brought the manifest `{name}` back as it was before: the change of {moment} is "
        "taken back.",
        **facts,
    )


def _change(revision: Revision) -> str:
    """The sentence about a change of a manifest: its moment, its person and its way."""
    facts = {
        "person": author(revision.by) if revision.by else "",
        "moment": moment(revision.at),
        "way": escape(source(revision.via)),
    }
    if revision.after is None:
        return (
            _("*Its manifest* was removed by {person} {moment} ({way}).", **facts)
            if revision.by
            else _("*Its manifest* was removed {moment} ({way}).", **facts)
        )
    if revision.before:
        return (
            _("*Its manifest* was changed by {person} {moment} ({way}).", **facts)
            if revision.by
            else _("*Its manifest* was changed {moment} ({way}).", **facts)
        )
    return (
        _("*Its manifest* was made by {person} {moment} ({way}).", **facts)
        if revision.by
        else _("*Its manifest* was made {moment} ({way}).", **facts)
    )


def _restore(revision: Revision) -> ButtonElement:
    label, title = _("Restore"), _("Restore the manifest?")
    confirm = _("Restore this manifest")
    consequence = _(
        "Its former content comes back, unless somebody has changed it since. A Mac that boots "
        "later gets a new one."
    )
    if revision.before is None:
        label, title = _("Remove it"), _("Remove this manifest?")
        confirm = _("Remove this manifest")
        consequence = _(
            "The manifest is removed, unless somebody has changed it since. A Mac that boots "
            "later gets a new one."
        )
    return danger(
        label,
        RESTORE_BUTTON,
        str(revision.id),
        title=title,
        consequence=consequence,
        confirm=confirm,
    )


def _keys(label: str, keys: Sequence[str]) -> str:
    if not keys:
        return ""
    named = listing([f"`{escape(key[:60])}`" for key in keys[:MAX_KEYS]], len(keys))
    return f"• {_('{title}: {names}', title=label, names=named)}"


class RestoreJob:
    """A job that restores a manifest as it was before its last change, and tells `channel`."""

    def __init__(self, manifests: ManifestEditor, *, channel: str) -> None:
        self._manifests, self._channel = manifests, channel

    def do(self, payload: dict[str, Any]) -> Record:
        """Restore a manifest; `payload` are its `revision`, `by` (a user id) and `via` (the way).

        Raises what `ManifestEditor.restore` raises.
        """
        by = payload["by"]
        # Jobs of an earlier version lack the way.
        editor = Author(by, payload.get("via", "button"))
        revision = self._manifests.restore(payload["revision"], editor=editor)
        return records.news(self._channel, restored(revision, by))

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell people that the manifest stays as it is."""
        return records.news(
            payload["by"],
            Sentence("The manifest was not restored: {reason}", reason=escape(reason)),
        )
