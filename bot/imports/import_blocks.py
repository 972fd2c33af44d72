"""Messages of imports: being read, a dry run, registered or dropped."""

from collections import Counter
from collections.abc import Mapping

from bot.imports.dry_run_blocks import announced, dry_run, line
from bot.slack.buttons import undoable
from bot.slack.markup import Message, moment, person, plain
from provisioning.imports.approval import RegisteredRows
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, MOVED, NEW, NOWHERE, UNCHANGED
from provisioning.imports.edits import words
from provisioning.imports.edits.reasons import reworded
from provisioning.imports.models import DROPPED, READ, READING, Import
from provisioning.imports.summary import fact
from provisioning.registrations.models import Operation
from provisioning.values.language import _, macs, ngettext
from provisioning.values.slack import escape


def message(imported: Import, operation: Operation | None = None) -> Message:
    """Return the message of an import in its present state: being read, a dry run, or settled."""
    if imported.state == READING:
        return _reading(imported)
    if imported.state == READ:
        return dry_run(imported)
    if imported.state == DROPPED:
        return dropped(imported)
    return _settled(imported, operation)


def dropped(imported: Import) -> Message:
    """Return the message of a dry run that was dropped, or that could not be made."""
    failed = (imported.shown or {}).get("failed")
    if failed:
        return plain(
            _(
                "That could not be read: {reason}. Hand it in again.",
                reason=escape(reworded(failed)),
            )
        )
    if imported.settled_by is None:
        return plain(_("That dry run has ended: nobody registered it in time. Hand it in again."))
    by = person(imported.settled_by)
    sentence = _("Dropped by {person}: nothing was registered.", person=by)
    counts = (imported.shown or {}).get("counts", {})
    total = counts.get(NEW, 0) + counts.get(MOVED, 0)
    state = _("dropped by {person}, nothing was registered", person=by)
    text = announced(imported, (NEW, MOVED), total, state) if total else sentence
    return Message(text, plain(sentence).blocks)


def being_read() -> Message:
    """Return the answer to a request that takes longer to read than Slack waits."""
    return plain(_("It is being read. The result comes as a message from Rollcall."))


def registered(result: RegisteredRows, imported: Import, operation: Operation) -> Message:
    """Return the answer to the person who registered an import."""
    lines = [_("{fact}.", fact=words.deed(result.new, result.moved))]
    if result.meanwhile:
        number = len(result.meanwhile)
        lines.append(
            ngettext(
                "{number} Mac left alone, because something has changed since:",
                "{number} Macs left alone, because something has changed since:",
                number,
            )
        )
        lines += [
            line(UNCHANGED if row.standing else NOWHERE, fact(row)) for row in result.meanwhile[:5]
        ]
    told = Counter(row.kind for row in result.meanwhile)
    lines += _rest(Counter((imported.shown or {}).get("outcome", {}).get("left", {})) - told)
    return undoable(plain("\n".join(lines)), operation)


def _reading(imported: Import) -> Message:
    found = len((imported.reading or {}).get("entries", ()))
    progress = (
        _("{done} of {number} read", done=imported.done, number=len(imported.sources))
        if len(imported.sources) > 1
        else _("one moment")
    )
    return plain(
        _(
            "Reading what {person} handed in: {progress}, {macs} so far.",
            person=person(imported.by),
            progress=progress,
            macs=macs(found),
        )
    )


def _settled(imported: Import, operation: Operation | None) -> Message:
    outcome = (imported.shown or {}).get("outcome", {})
    new, moved, left = outcome.get("new", 0), outcome.get("moved", 0), outcome.get("left", {})
    by = person(imported.settled_by)
    if imported.settled_at:
        by = f"{by} {moment(imported.settled_at)}"
    rest = _rest(left)
    if operation is not None and operation.undone_at is not None:
        undone = _(
            "Undone by {person} {moment}.",
            person=person(operation.undone_by),
            moment=moment(operation.undone_at),
        )
        rest = [undone, *rest]
    done = _("{fact}: by {person}.", fact=words.deed(new, moved), person=by)
    settled = plain("\n".join([done, *rest]))
    if not new + moved:
        return settled
    kinds = [kind for kind in (NEW, MOVED, DOUBTFUL, CONFLICT) if kind not in left]
    facts = {"new": new, "moved": moved, "person": by}
    if new and moved:
        state = _("{new} registered and {moved} moved by {person}.", **facts)
    elif moved:
        state = _("moved by {person}.", **facts)
    else:
        state = _("registered by {person}.", **facts)
    return Message(
        announced(imported, kinds, new + moved, " ".join([state, *rest])), settled.blocks
    )


def _rest(left: Mapping[str, int]) -> list[str]:
    sentence = words.left_alone(left)
    return [sentence] if sentence else []
