"""Macs as they were read from somewhere, before anybody decided what becomes of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from infrastructure.errors import RollcallError
from provisioning.values.serials import Serial


class UnreadableFile(RollcallError):
    """A file that holds no table Rollcall can read; the reason ends in what to do."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name[:80]} cannot be read: {reason}.")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One Mac as it was read.

    `site` and `build` are texts as they were written there, not yet looked up in the Munki repo;
    `name` is what the Mac is to be called, as it was written.
    `where` is what a person would call the place ("line 12"). `doubt` says why a person should
    look at it before it is registered, as the end of a sentence that begins with the serial.
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
    """Something in a serial's place that is none, or that may be none, and why."""

    text: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The Macs in one source, or in several; every Mac is in it once."""

    entries: tuple[Entry, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def gather(entries: Iterable[Entry], rejected: Iterable[Rejected] = ()) -> ParseResult:
    """Return a reading in which the entries of one Mac are one entry, in the order they came.

    The first one's place and spelling stay, what it does not say is filled in from later ones,
    and a later one that contradicts it is a doubt.
    """
    merged: dict[str, Entry] = {}
    for entry in entries:
        first = merged.get(entry.serial.key)
        merged[entry.serial.key] = _merge(first, entry) if first else entry
    return ParseResult(tuple(merged.values()), tuple(dict.fromkeys(rejected)))


def join(readings: Iterable[ParseResult]) -> ParseResult:
    """Return one reading of several sources, by the rules of `gather`."""
    readings = tuple(readings)
    return gather(
        (entry for reading in readings for entry in reading.entries),
        (one for reading in readings for one in reading.rejected),
    )


def with_doubt(entry: Entry, doubt: str | None) -> Entry:
    """Return the entry with one more doubt, which it may have already."""
    if not doubt:
        return entry
    doubts = [*(entry.doubt or "").split("; "), *doubt.split("; ")]
    return replace(entry, doubt="; ".join(dict.fromkeys(filter(None, doubts))) or None)


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
    """Return what `to_json` was given.

    Raises InvalidSerial, KeyError or TypeError where `stored` is nothing that it returned.
    """
    return ParseResult(
        tuple(_entry_from_json(entry) for entry in stored["entries"]),
        tuple(
            Rejected(rejected["text"], rejected["where"], rejected["reason"])
            for rejected in stored["rejected"]
        ),
    )


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


def _entry_from_json(stored: dict[str, Any]) -> Entry:
    return Entry(
        Serial.parse(str(stored["serial"])),
        site=stored["site"],
        build=stored["build"],
        note=stored["note"],
        where=stored["where"],
        doubt=stored["doubt"],
        name=stored.get("name"),  # not in what releases before computer names have kept
    )


def _merge(first: Entry, later: Entry) -> Entry:
    merged = with_doubt(
        replace(
            first,
            site=first.site or later.site,
            build=first.build or later.build,
            note=first.note or later.note,
            name=first.name or later.name,
        ),
        later.doubt,
    )
    for ours, theirs in ((first.site, later.site), (first.build, later.build)):
        if ours and theirs and ours.casefold() != theirs.casefold():
            merged = with_doubt(merged, f"is for {ours} in one place and for {theirs} in another")
    return merged
