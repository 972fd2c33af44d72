"""Blocks of a dry run: the rows of an import by kind, and its buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    ExternalDataSelectElement,
    TableBlock,
)

from bot.imports import dry_run_buttons
from bot.slack.buttons import rows
from bot.slack.markup import (
    Message,
    announcement,
    fitting,
    markup,
    moment,
    person,
    place,
    places,
    section,
    with_rest,
)
from bot.slack.modals import CHOOSE, menu
from bot.slack.tables import FEWEST, TableColumn, code, destination, table, words
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, MOVED, NEW, NOWHERE, UNCHANGED
from provisioning.imports.edits.reasons import placed, reworded
from provisioning.imports.edits.words import LEFT, TITLES
from provisioning.imports.models import Import, StoredPlace, SummaryRow
from provisioning.imports.summary import is_whole
from provisioning.values import board_pages
from provisioning.values.kinds import SITE
from provisioning.values.language import _, aside, commas, macs, ngettext, stated
from provisioning.values.slack import escape

LONGEST_KIND = 1200  # characters of the rows of one kind: all of them fit into one message
LONGEST_NAME, LONGEST_REASON = 40, 180  # characters of a person's text, before escaping
MAX_PLACES = 6


def dry_run(imported: Import, *, sent: bool = False) -> Message:
    """Return the message of a dry run, with the buttons that approve it.

    Where it is too long and has no thread for a file, a button offers one; `sent`: it was sent.
    """
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    ready = counts[NEW] + counts[MOVED]
    head = _("*Nothing here can be registered as it is.*")
    if ready:
        head = ngettext(
            "*{number} Mac can be registered.* Nothing is registered yet.",
            "*{number} Macs can be registered.* Nothing is registered yet.",
            ready,
        )
    lines = [head, *_places(stored["places"])]
    above: list[Block] = [section("\n".join(lines))]
    if imported.note:
        above.append(section(f"> {escape(imported.note)}"))
    new = stored["first"][NEW]
    kinds = [
        section(_kind(kind, counts[kind], stored["first"][kind])) for kind in TITLES if counts[kind]
    ]
    below = _below(imported, sent=sent)
    text, lines_alone = _announced(imported, counts), [*above, *kinds, *below]
    if not _is_tabular(new):
        return Message(text, lines_alone)
    tabled = [section(_titled(NEW, counts[NEW])), _table(new)]
    if counts[NEW] > len(new):
        tabled.append(section(_("… and {number} more", number=counts[NEW] - len(new))))
    return Message(text, [*above, *tabled, *kinds[1:], *below], lines_alone)


def _is_tabular(rows: Sequence[SummaryRow]) -> bool:
    """Return True if rows read better as a table: there are several, and none needs a reason."""
    return len(rows) >= FEWEST and not any(row["why"] for row in rows)


def _table(rows: Sequence[SummaryRow]) -> TableBlock:
    return table(
        TableColumn(_("Serial"), [code(row["serial"]) for row in rows]),
        TableColumn(_("Name"), [words((row.get("name") or "")[:LONGEST_NAME]) for row in rows]),
        TableColumn(_("Goes to"), [destination(*_names(row)) for row in rows]),
        TableColumn(_("From"), [words(placed(row["where"] or "")[:LONGEST_NAME]) for row in rows]),
    )


def _below(imported: Import, *, sent: bool) -> list[Block]:
    """The blocks below the rows: the number left out, the menus, the buttons and the expiry."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    blocks: list[Block] = []
    if left_out := stored.get("left_out"):
        blocks.append(section(_("*Left out: {number}*", number=left_out)))
    if menus := [_menu(name) for name in stored["wants"]]:
        blocks.append(section(_("Where do the Macs without a place go?")))
        blocks.append(ActionsBlock(block_id=f"places-{imported.id}", elements=menus))
    buttons = dry_run_buttons.buttons(imported, counts)
    if imported.card_id is None and not is_whole(stored):
        if sent:
            blocks.append(section(_("The whole list comes as a message from Rollcall.")))
        else:
            buttons.append(
                dry_run_buttons.button(imported, dry_run_buttons.SEND, _("Send me the whole list"))
            )
    blocks += rows(buttons, block_id=f"import-{imported.id}")
    if imported.ends_at is not None:
        blocks.append(_expiry(imported.id, imported.ends_at))
    return blocks


def _expiry(import_id: int, ends_at: datetime) -> ContextBlock:
    sentence = _("Ends {moment}, unless registered or edited.", moment=moment(ends_at))
    elements = [markup(sentence)]
    if address := board_pages.of_import(import_id):
        elements.append(markup(f"<{address}|{_('On the board')}>"))
    return ContextBlock(elements=elements)


def announced(imported: Import, kinds: Sequence[str], total: int, state: str) -> str:
    """The text of a message about `total` Macs of an import, which are those of these kinds."""
    first = (imported.shown or {}).get("first", {})
    rows = [row for kind in kinds for row in first.get(kind, ())]
    return announcement(
        [escape(row["serial"][:64]) for row in rows],
        total,
        target=places(_names(row) for row in rows) if total == len(rows) else "",
        origin=_("handed in by {person}", person=person(imported.by)),
        state=state,
    )


def _announced(imported: Import, counts: Mapping[str, int]) -> str:
    """The text of a dry run: the ready Macs, or else the others that can be made ready."""
    kinds, state = [NEW, MOVED], _("not registered yet")
    if not any(counts[kind] for kind in kinds):
        kinds, state = [DOUBTFUL, CONFLICT, NOWHERE], _("none of it is ready to be registered")
    rest = commas(
        [
            _("{number} {state}", number=counts[kind], state=_(LEFT[kind]))
            for kind in LEFT
            if counts.get(kind)
        ]
    )
    total = sum(counts[kind] for kind in kinds)
    return announced(imported, kinds, total, aside(state, rest) if rest else state)


def _places(counted: Sequence[tuple[str, str, int]]) -> list[str]:
    lines = [
        f"• {_('{macs} for {place}', macs=macs(number), place=place(*_names_of(site, build)))}"
        for site, build, number in counted[:MAX_PLACES]
    ]
    if len(counted) > MAX_PLACES:
        more = len(counted) - MAX_PLACES
        lines.append(
            f"• {ngettext('… and {number} more place', '… and {number} more places', more)}"
        )
    return lines


def _kind(kind: str, number: int, first: Sequence[SummaryRow]) -> str:
    rows = fitting([line(kind, row) for row in first], LONGEST_KIND)
    return "\n".join([_titled(kind, number), *with_rest(rows, number)])


def _titled(kind: str, number: int) -> str:
    return _("*{title}: {number}*", title=_(TITLES[kind]), number=number)


def line(kind: str, row: SummaryRow) -> str:
    """A row of a summary: its Mac, its destination, its current place and the reason."""
    name = escape(row["serial"][:64])
    where = escape(placed(row["where"])[:LONGEST_NAME])
    text = f"• `{name}`" if name else f"• {where}"
    if where and name:
        text = aside(text, where)
    if called := row.get("name"):
        text += _(" called {name}", name=escape(called[:LONGEST_NAME]))
    if kind in (NEW, MOVED, DOUBTFUL, CONFLICT) and (row["site"] or row["build"]):
        text += f" → {_place(row)}"
    current = row.get("standing")
    if current and kind != NEW:
        facts = {
            "place": _place(current),
            "person": person(current["by"]),
            "moment": moment(datetime.fromisoformat(current["since"])),
        }
        if kind == UNCHANGED:
            text += _(", registered by {person} {moment}", **facts)
        else:
            text += _(", registered for {place} by {person} {moment}", **facts)
    if row["why"]:
        text = stated(text, escape(reworded(row["why"])[:LONGEST_REASON]))
    return text


def _place(stored: SummaryRow | StoredPlace) -> str:
    return place(*_names(stored))


def _names(stored: SummaryRow | StoredPlace) -> tuple[str, str]:
    return _names_of(stored["site"], stored["build"])


def _names_of(site: str | None, build: str | None) -> tuple[str, str]:
    return (site or "")[:LONGEST_NAME], (build or "")[:LONGEST_NAME]


def _menu(name: str) -> ExternalDataSelectElement:
    action = dry_run_buttons.SITE if name == SITE else dry_run_buttons.BUILD
    return menu(action, _(CHOOSE[name]))
