"""Summaries of dry runs, as people see them: counts and the first of each kind, in plain JSON."""

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Any

from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    INVALID,
    MOVED,
    NEW,
    NOWHERE,
    READY,
    UNCHANGED,
    CurrentPlace,
    DryRun,
    Row,
)
from provisioning.imports.parsing.entries import Rejected
from provisioning.registrations.export import BOM, harmless

KINDS = (NEW, MOVED, DOUBTFUL, CONFLICT, NOWHERE, INVALID, UNCHANGED)
MOST_SHOWN = 8  # rows of each kind
MOST_UNSEEN = 100  # new Macs that nobody needs a file for
HEADER = ("serial", "site", "build", "what", "why", "where", "computer name")


def of(dry: DryRun) -> dict[str, Any]:
    """Return what a message shows of a dry run, and what it says is ready."""
    first = {kind: [fact(row) for row in dry.of(kind)[:MOST_SHOWN]] for kind in KINDS}
    first[INVALID] = [_rejected(rejected) for rejected in dry.rejected[:MOST_SHOWN]]
    counts = Counter(row.kind for row in dry.rows)
    counts[INVALID] = len(dry.rejected)
    ready = dry.of(*READY)
    places = Counter(row.destination for row in ready if row.destination)
    return {
        "counts": {kind: counts[kind] for kind in KINDS},
        "first": first,
        "wants": list(dry.wants),
        "ready": [row.entry.serial.key for row in ready],
        "places": [[to.site, to.build, number] for to, number in places.most_common()],
    }


def fact(row: Row) -> dict[str, Any]:
    """Return one row as plain JSON."""
    entry, to = row.entry, row.destination
    return {
        "serial": entry.serial.text,
        "site": to.site if to else entry.site,
        "build": to.build if to else entry.build,
        "where": entry.where,
        "name": entry.name,
        "why": row.why,
        "standing": row.standing and _standing(row.standing),
    }


def is_whole(shown: dict[str, Any]) -> bool:
    """Return whether a message says enough: every row with a reason, and not too many without."""
    few = all(shown["counts"][kind] <= MOST_SHOWN for kind in KINDS if kind != NEW)
    return few and shown["counts"][NEW] <= MOST_UNSEEN


def csv_of(dry: DryRun) -> bytes:
    """Return the whole dry run as a CSV file that spreadsheets open and never run."""
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADER)
    lines.writerows(_cells(row) for row in dry.rows)
    lines.writerows(
        map(harmless, (rejected.text, "", "", INVALID, rejected.reason, rejected.where, ""))
        for rejected in dry.rejected
    )
    return BOM + text.getvalue().encode()


def _cells(row: Row) -> Sequence[str]:
    shown = fact(row)
    why = row.why
    if row.standing is not None:
        is_at = f"{row.standing.site} / {row.standing.build}"
        since = f"{row.standing.since:%Y-%m-%d %H:%M} UTC"
        why = "; ".join(filter(None, (f"is registered for {is_at} since {since}", why)))
    site, build = shown["site"] or "", shown["build"] or ""
    entry = row.entry
    cells = (entry.serial.text, site, build, row.kind, why, entry.where, entry.name or "")
    return [harmless(cell) for cell in cells]


def _standing(standing: CurrentPlace) -> dict[str, Any]:
    return {
        "site": standing.site,
        "build": standing.build,
        "by": standing.by,
        "since": standing.since.isoformat(),
        "state": standing.state,
    }


def _rejected(rejected: Rejected) -> dict[str, Any]:
    return {"serial": rejected.text, "where": rejected.where, "why": rejected.reason}
