"""Entries: Macs as a parser read them from a source, and their form in the database."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from sys import intern
from typing import Any, TypeAlias, TypeVar

from infrastructure.errors import RollcallError
from provisioning.values.serials import Serial

FROM_ABOVE = "has its place only from a row above it"  # the same for all: they are taken at once


class UnreadableFile(RollcallError):
    """A file without a table that Rollcall can read; the reason ends with the fix."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("{name} cannot be read: {reason}.", name=name[:80], reason=reason)
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One Mac as it was read from a source.

    `site`, `build` and the computer's `name` are texts as they were written, not yet checked.
    `where` names the place for people ("line 12"). `doubt` is the reason why a person should check
    it before it is registered, as the end of a sentence that begins with the serial.
    """

    serial: Serial
    site: str | None = None
    build: str | None = None
    note: str = ""
    where: str = ""
    doubt: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A text in the place of a serial that is none, or perhaps none, with the reason."""

    text: str
    where: str
    reason: str


Item: TypeAlias = Entry | Rejected
"""A reading of a text in the place of a serial: a Mac, or the reason why it is none."""
_Item = TypeVar("_Item", Entry, Rejected, Entry | Rejected)


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The result of a parser: the Macs in one source or several; every Mac is in it once."""

    entries: tuple[Entry, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    @property
    def is_bare(self) -> bool:
        """True for one serial of which nothing is said that could be registered."""
        facts = [(entry.site, entry.build, entry.name) for entry in self.entries]
        return facts == [(None, None, None)] and not self.rejected


def gather(items: Iterable[Item]) -> ParseResult:
    """Return a result in which the entries of one Mac are merged, in the order of reading.

    The place and spelling of the first entry stay, its empty fields are filled from later ones, and
    a contradiction becomes a doubt.
    """
    merged: dict[str, Entry] = {}
    rejected: dict[Rejected, None] = {}
    for item in items:
        if isinstance(item, Rejected):
            rejected[item] = None
        else:
            first = merged.get(item.serial.key)
            merged[item.serial.key] = _merge(first, item) if first else item
    return ParseResult(tuple(merged.values()), tuple(rejected))


def join(readings: Iterable[ParseResult]) -> ParseResult:
    """Return one result for several sources, by the rules of `gather`."""
    return gather(chain.from_iterable((*each.entries, *each.rejected) for each in readings))


def with_doubt(item: _Item, *reasons: str | None) -> _Item:
    """Return an entry with more doubts, but none twice; what is rejected has none."""
    added = "; ".join(filter(None, reasons))
    if not added or isinstance(item, Rejected):
        return item
    doubts = f"{item.doubt}; {added}" if item.doubt else added
    return replace(item, doubt="; ".join(dict.fromkeys(doubts.split("; "))))


def without_doubts(item: _Item, *doubts: str | None) -> _Item:
    """Return an entry without some doubts, of which it may have none."""
    if isinstance(item, Rejected):
        return item
    gone = "; ".join(filter(None, doubts)).split("; ")
    kept = [doubt for doubt in (item.doubt or "").split("; ") if doubt not in gone]
    return replace(item, doubt="; ".join(kept) or None)


def to_json(result: ParseResult) -> dict[str, Any]:
    """Return the result as plain lists, dicts and texts, fit for a JSON column.

    The names in it are data: the database keeps them, whatever the fields here are called.
    """
    return {
        "entries": [_entry_to_json(entry) for entry in result.entries],
        "rejected": [
            {"text": rejected.text, "where": rejected.where, "reason": rejected.reason}
            for rejected in result.rejected
        ],
    }


def from_json(stored: dict[str, Any]) -> ParseResult:
    """Return the result that `to_json` made `stored` of.

    Raises InvalidSerial, KeyError or TypeError where `stored` has another form.
    """
    return ParseResult(
        tuple(map(_read_from_json, stored["entries"])),
        tuple(map(_read_from_json, stored["rejected"])),
    )


def from_text(text: str) -> ParseResult:
    """Return the result of which `text` is the JSON, as `from_json` does.

    Each object becomes an entry at once: the dicts of thousands of Macs would take megabytes.
    """
    stored = json.loads(text, object_hook=_read_from_json)
    return ParseResult(tuple(stored["entries"]), tuple(stored["rejected"]))


def _entry_to_json(entry: Entry) -> dict[str, str | None]:
    return {
        "serial": entry.serial.text,
        "site": entry.site,
        "build": entry.build,
        "note": entry.note,
        "where": entry.where,
        "doubt": entry.doubt,
        "name": entry.name,
    }


def _read_from_json(stored: dict[str, Any]) -> Any:
    """Return the entry or the rejected text of an object; the whole result stays as it is."""
    if "entries" in stored:
        return stored
    if "reason" in stored:
        return Rejected(stored["text"], stored["where"], stored["reason"])
    site, build = stored["site"], stored["build"]
    return Entry(
        Serial.parse(str(stored["serial"])),
        site=site and intern(site),  # the same of many Macs
        build=build and intern(build),
        note=stored["note"],
        where=stored["where"],
        doubt=stored["doubt"],
        name=stored.get("name"),  # not in what releases before computer names have kept
    )


def _merge(first: Entry, other: Entry) -> Entry:
    merged = with_doubt(
        replace(
            first,
            site=first.site or other.site,
            build=first.build or other.build,
            note=first.note or other.note,
            name=first.name or other.name,
        ),
        other.doubt,
    )
    for ours, theirs in ((first.site, other.site), (first.build, other.build)):
        if ours and theirs and ours.casefold() != theirs.casefold():
            merged = with_doubt(merged, f"is for {ours} in one place and for {theirs} in another")
    return merged
