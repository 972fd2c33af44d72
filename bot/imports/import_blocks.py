"""Messages of imports: being read, a dry run, registered or dropped."""

from collections.abc import Mapping

from bot.imports.dry_run_blocks import LEFT, announced, dry_run, line
from bot.slack.markup import Message, escape, macs, moment, person, plain
from bot.slack.undo_button import undoable
from provisioning.imports.approval import Registered
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, MOVED, NEW, NOWHERE, UNCHANGED
from provisioning.imports.models import DROPPED, READ, READING, Import
from provisioning.imports.summary import fact
from provisioning.registrations.models import Operation


def message(imported: Import, operation: Operation | None = None) -> Message:
    """Return the message of an import as it is: being read, a dry run, or settled."""
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
        return plain(f"That could not be read: {escape(failed)}. Hand it in again.")
    if imported.settled_by is None:
        return plain("That dry run has ended: nobody registered it in time. Hand it in again.")
    sentence = f"Dropped by {person(imported.settled_by)}: nothing was registered."
    counts = (imported.shown or {}).get("counts", {})
    total = counts.get(NEW, 0) + counts.get(MOVED, 0)
    state = f"dropped by {person(imported.settled_by)}, nothing was registered"
    text = announced(imported, (NEW, MOVED), total, state) if total else sentence
    return Message(text, plain(sentence).blocks)


def being_read() -> Message:
    """Return the answer to a request that takes longer to read than Slack waits."""
    return plain("It is being read. The result comes as a message from Rollcall.")


def registered(result: Registered, imported: Import, operation: Operation) -> Message:
    """Return the answer to the person who registered an import."""
    lines = [f"{_counted(result.new, result.moved)}."]
    if result.meanwhile:
        number = len(result.meanwhile)
        lines.append(f"{macs(number)} left alone, because something has changed since:")
        lines += [
            line(UNCHANGED if row.standing else NOWHERE, fact(row)) for row in result.meanwhile[:5]
        ]
    lines += _rest((imported.shown or {}).get("outcome", {}).get("left", {}))
    return undoable(plain("\n".join(lines)), operation)


def _reading(imported: Import) -> Message:
    found = len((imported.reading or {}).get("entries", ()))
    progress = (
        f"{imported.done} of {len(imported.sources)} read"
        if len(imported.sources) > 1
        else "one moment"
    )
    return plain(f"Reading what {person(imported.by)} handed in: {progress}, {macs(found)} so far.")


def _settled(imported: Import, operation: Operation | None) -> Message:
    outcome = (imported.shown or {}).get("outcome", {})
    new, moved, left = outcome.get("new", 0), outcome.get("moved", 0), outcome.get("left", {})
    settled = f" {moment(imported.settled_at)}" if imported.settled_at else ""
    by = f"by {person(imported.settled_by)}{settled}."
    rest = _rest(left)
    if operation is not None and operation.undone_at is not None:
        undone = f"Undone by {person(operation.undone_by)} {moment(operation.undone_at)}."
        rest = [undone, *rest]
    message = plain("\n".join([f"{_counted(new, moved)}: {by}", *rest]))
    if not new + moved:
        return message
    kinds = [kind for kind in (NEW, MOVED, DOUBTFUL, CONFLICT) if kind not in left]
    verb = (
        f"{new} registered and {moved} moved"
        if new and moved
        else "moved"
        if moved
        else "registered"
    )
    return Message(
        announced(imported, kinds, new + moved, " ".join([f"{verb} {by}", *rest])), message.blocks
    )


def _counted(new: int, moved: int) -> str:
    parts = [f"Registered {macs(new)}"] if new else []
    parts += [f"{'moved' if new else 'Moved'} {macs(moved)}"] if moved else []
    return " and ".join(parts) or "Registered nothing"


def _rest(left: Mapping[str, int]) -> list[str]:
    counts = [f"{number} {LEFT[kind]}" for kind, number in left.items() if number and kind in LEFT]
    return [f"Left alone: {', '.join(counts)}."] if counts else []
