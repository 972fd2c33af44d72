"""Buttons of a dry run: those that say yes to it, and those that edit and drop it."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.slack.buttons import DANGER, danger
from bot.slack.markup import macs
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, MOVED, NEW, OPEN
from provisioning.imports.models import Import
from provisioning.values.language import _, ngettext

# The actions of buttons and menus.
REGISTER, WITH_DOUBTFUL, WITH_CONFLICTS = "import", "import_doubtful", "import_conflicts"
WITH_ALL, DROP, SEND = "import_all", "import_drop", "import_send"
EDIT = "import_edit"
SITE, BUILD = "import_site", "import_build"
INCLUDING = {
    REGISTER: (),
    WITH_DOUBTFUL: (DOUBTFUL,),
    WITH_CONFLICTS: (CONFLICT,),
    WITH_ALL: (DOUBTFUL, CONFLICT),
}


def buttons(imported: Import, counts: Mapping[str, int]) -> list[ButtonElement]:
    ready, doubtful, conflicts = counts[NEW] + counts[MOVED], counts[DOUBTFUL], counts[CONFLICT]
    found = []
    if ready:
        found.append(
            button(imported, REGISTER, _("Register {macs}", macs=macs(ready)), style="primary")
        )
    if doubtful:
        text = _("Register {number} doubtful", number=doubtful)
        if ready:
            text = _("Also {number} doubtful", number=doubtful)
        found.append(button(imported, WITH_DOUBTFUL, text))
    if conflicts:
        text = ngettext("Move {number} conflict", "Move {number} conflicts", conflicts)
        if ready:
            text = ngettext("Move {number} conflict too", "Move {number} conflicts too", conflicts)
        found.append(button(imported, WITH_CONFLICTS, text, confirm=_sure(conflicts)))
    if doubtful and conflicts:
        text = _("All {number} Macs", number=ready + doubtful + conflicts)
        found.append(button(imported, WITH_ALL, text, confirm=_sure(conflicts)))
    if rows := _editable(imported):
        text = ngettext("Edit {number} row", "Edit {number} rows", rows)
        found.append(button(imported, EDIT, text))
    lost = ready + doubtful + conflicts
    return [*found, _drop(imported, lost) if lost else button(imported, DROP, _("Drop"))]


def _drop(imported: Import, number: int) -> ButtonElement:
    phrase = _("Drop {macs}", macs=macs(number))
    return danger(
        _("Drop"),
        DROP,
        str(imported.id),
        title=_("{phrase}?", phrase=phrase),
        consequence=ngettext(
            "Nothing is registered. To register it later, hand it in again.",
            "Nothing is registered. To register them later, hand them in again.",
            number,
        ),
        confirm=phrase,
    )


def _editable(imported: Import) -> int:
    """The number of rows that a person may put right, and of those that were."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    return sum(counts[kind] for kind in OPEN) + int(stored.get("edited", 0))


def button(imported: Import, action: str, text: str, **keys: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=str(imported.id), **keys)


def _sure(conflicts: int) -> ConfirmObject:
    phrase = _("Move {macs}", macs=macs(conflicts))
    return ConfirmObject(
        title=_("{phrase}?", phrase=phrase),
        text=PlainTextObject(
            text=_(
                "Somebody else registered {macs} for another place, where they wait for their "
                "first boot. They would go where this says instead.",
                macs=macs(conflicts),
            )
        ),
        confirm=phrase,
        deny=_("Leave it"),
        style=DANGER,
    )
