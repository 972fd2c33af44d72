"""Summaries of dry runs for messages: counts, and the first rows of each kind, in plain JSON."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from io import StringIO

from infrastructure.text import minute
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
    DryRunRow,
)
from provisioning.imports.models import StoredPlace, Summary, SummaryRow
from provisioning.imports.parsing.entries import Entry, Rejected
from provisioning.registrations.listings.export import BOM, harmless

KINDS = (NEW, MOVED, DOUBTFUL, CONFLICT, NOWHERE, INVALID, UNCHANGED)
MAX_SHOWN = 8  # rows of each kind
MAX_UNSEEN = 100  # new Macs in a dry run that is shown without a file
LEFT_OUT = "left out"  # as a kind, beside those of rows
HEADER = ("serial", "site", "build", "what", "why", "where", "computer name")


def of(dry: DryRun) -> Summary:
    """Return the summary of a dry run, for `Import.shown`."""
    first = {kind: [fact(row) for row in dry.of(kind)[:MAX_SHOWN]] for kind in KINDS}
    first[INVALID] = [
        {"serial": each.text, "where": each.where, "why": each.reason}
        for each in dry.rejected[:MAX_SHOWN]
    ]
    counts = Counter(row.kind for row in dry.rows)
    counts[INVALID] = len(dry.rejected)
    ready = dry.of(*READY)
    places = Counter(row.destination for row in ready if row.destination)
    return {
        "counts": {kind: counts[kind] for kind in KINDS},
        "first": first,
        "wants": list(dry.wants),
        "left_out": len(dry.left_out),
        "edited": dry.edited,
        "ready": [row.entry.serial.key for row in ready],
        "rows": _digest_of_rows(dry),
        "places": [
            (destination.site, destination.build, number)
            for destination, number in places.most_common()
        ],
    }


def digest_of(rendered: Summary | None) -> str:
    """Return a short digest of a summary."""
    return sha256(json.dumps(rendered, sort_keys=True).encode()).hexdigest()[:16]


def _digest_of_rows(dry: DryRun) -> str:
    """A digest of all rows, so that each change of a row changes the summary."""
    digest = sha256()
    for row in dry.rows:
        facts = row.number, row.entry.serial.key, row.kind, row.destination, row.called
        digest.update(repr(facts).encode("utf-8", "replace"))
    digest.update(repr([rejected.text for rejected in dry.rejected]).encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def sites_of(rendered: Summary | None) -> set[str]:
    """Return the sites to which the ready Macs of a summary go."""
    return {site for site, *_ in (rendered or {}).get("places", ())}


def left(rendered: Summary, *kinds: str) -> dict[str, int]:
    """Return the counts of a summary without these kinds, which are settled."""
    counts = {kind: n for kind, n in rendered["counts"].items() if kind not in kinds}
    left_out = rendered["left_out"]
    return {**counts, LEFT_OUT: left_out} if left_out else counts


def fact(row: DryRunRow) -> SummaryRow:
    """Return one row as plain JSON."""
    entry, destination = row.entry, row.destination
    return {
        "serial": entry.serial.text,
        "site": destination.site if destination else entry.site,
        "build": destination.build if destination else entry.build,
        "where": entry.where,
        "name": entry.name,
        "why": row.why,
        "standing": _standing(row.standing) if row.standing else None,
    }


def is_whole(rendered: Summary) -> bool:
    """Return True if a message can show all rows that need a reason, and the others are few."""
    are_few = all(rendered["counts"][kind] <= MAX_SHOWN for kind in KINDS if kind != NEW)
    return are_few and rendered["counts"][NEW] <= MAX_UNSEEN


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
    lines.writerows(
        map(harmless, (text_of(row), "", "", LEFT_OUT, "", row.where, ""))
        for row in dry.left_out.values()
    )
    return BOM + text.getvalue().encode()


def text_of(read: Entry | Rejected) -> str:
    """Return the rejected text in place of a serial."""
    return read.serial.text if isinstance(read, Entry) else read.text


def _cells(row: DryRunRow) -> Sequence[str]:
    rendered = fact(row)
    reason = row.why
    if row.standing is not None:
        is_at = " / ".join(filter(None, (row.standing.site, row.standing.build)))
        since = minute(row.standing.since)
        reason = "; ".join(filter(None, (f"is registered for {is_at} since {since}", reason)))
    site, build = rendered["site"] or "", rendered["build"] or ""
    entry = row.entry
    cells = (entry.serial.text, site, build, row.kind, reason, entry.where, entry.name or "")
    return [harmless(cell) for cell in cells]


def _standing(current: CurrentPlace) -> StoredPlace:
    return {
        "site": current.site,
        "build": current.build,
        "by": current.by,
        "since": current.since.isoformat(),
        "state": current.state,
    }
