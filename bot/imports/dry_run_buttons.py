"""Buttons of a dry run, which approve, edit and drop it."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.slack.buttons import DANGER, danger
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, MOVED, NEW
from provisioning.imports.edits import words
from provisioning.imports.models import Import
from provisioning.values.language import _, macs, ngettext

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
_ACTIONS = {tuple(including): action for action, including in INCLUDING.items()}


def buttons(imported: Import, counts: Mapping[str, int]) -> list[ButtonElement]:
    ready, doubtful, conflicts = counts[NEW] + counts[MOVED], counts[DOUBTFUL], counts[CONFLICT]
    found = []
    for including, text in words.approvals(counts):
        keys: dict[str, Any] = {"confirm": _sure(conflicts)} if CONFLICT in including else {}
        if not including:
            keys["style"] = "primary"
        found.append(button(imported, _ACTIONS[tuple(including)], text, **keys))
    if rows := words.editable(imported.shown or {}):
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
        consequence=words.consequence_of_dropping(number),
        confirm=phrase,
    )


def button(imported: Import, action: str, text: str, **keys: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=str(imported.id), **keys)


def _sure(conflicts: int) -> ConfirmObject:
    phrase = _("Move {macs}", macs=macs(conflicts))
    return ConfirmObject(
        title=_("{phrase}?", phrase=phrase),
        text=PlainTextObject(text=words.consequence_of_moving(conflicts)),
        confirm=phrase,
        deny=_("Leave it"),
        style=DANGER,
    )
