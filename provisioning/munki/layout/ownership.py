"""The includes of a Mac's own manifest: which of them are Rollcall's, and the others' place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from infrastructure.errors import Conflict
from provisioning.munki.layout.layout import Include, ManifestKind


class TwoOfAKind(Conflict):
    """A manifest that Rollcall never wrote includes two sites, or two builds."""

    def __init__(self, serial: str, kind: ManifestKind, paths: Sequence[str]) -> None:
        facts = {"serial": serial, "paths": " and ".join(map(repr, paths[:2]))}
        if kind is ManifestKind.SITE:
            super().__init__(
                "The manifest {serial} includes two sites, {paths}, and Rollcall wrote neither; "
                "nothing was written. Take one of them out, or answer in Slack what becomes of "
                "them.",
                **facts,
            )
        else:
            super().__init__(
                "The manifest {serial} includes two builds, {paths}, and Rollcall wrote neither; "
                "nothing was written. Take one of them out, or answer in Slack what becomes of "
                "them.",
                **facts,
            )
        self.kind, self.paths = kind, tuple(paths)


@dataclass(frozen=True, slots=True)
class WrittenIncludes:
    """The includes of a Mac's manifest that Rollcall wrote, and those that it is to leave alone.

    `theirs` are paths of which a person said that they stay, though they look like Rollcall's.
    `catalogs` are those that the manifest had then; None where that was not kept.
    """

    ours: tuple[Include, ...] = ()
    theirs: tuple[str, ...] = ()
    catalogs: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as the column of a registration keeps it."""
        ours = [[each.kind, each.path] for each in self.ours]
        catalogs = {} if self.catalogs is None else {"catalogs": [*self.catalogs]}
        return {"ours": ours, "theirs": [*self.theirs], **catalogs}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return what `to_json` returned."""
        ours = tuple(Include(ManifestKind(kind), path) for kind, path in stored["ours"])
        catalogs = stored.get("catalogs")
        return cls(ours, tuple(stored["theirs"]), None if catalogs is None else tuple(catalogs))


def merge(
    present: Sequence[str],
    wanted: Sequence[Include],
    kind_of: Callable[[str], ManifestKind | None],
    written: WrittenIncludes | None,
    serial: str,
) -> list[str]:
    """Return the includes of a manifest, changed so that they lead where `wanted` leads.

    Entries of others stay, in place and in order. An entry is Rollcall's where the layout gives
    it a meaning (`kind_of`), or where Rollcall wrote it before. The first of a kind is replaced,
    later ones go; what is missing is inserted after the wanted one before it. `written` is None for
    a manifest that Rollcall never wrote. Raises TwoOfAKind for a kind of which it never wrote one.
    """
    kinds = kinds_of(present, kind_of, written)
    _refuse_two(serial, present, kinds, written)
    left = list(wanted)
    entries = list(_replaced(present, kinds, left))
    place = 0
    for include in wanted:
        if include in left:
            entries.insert(place, include.path)
        place = entries.index(include.path) + 1
    return entries


def kinds_of(
    present: Sequence[str],
    kind_of: Callable[[str], ManifestKind | None],
    written: WrittenIncludes | None,
) -> list[ManifestKind | None]:
    """Return the kind of each entry; None for those of others."""
    before = {each.path: each.kind for each in written.ours} if written else {}
    theirs = ("", *written.theirs) if written else ("",)
    return [
        None if entry in theirs else kind_of(_plain(entry)) or before.get(entry)
        for entry in present
    ]


def _plain(entry: str) -> str:
    """Return an include without doubled slashes and `.`, which most web servers pass over."""
    return "/".join(part for part in entry.split("/") if part not in ("", "."))


def _refuse_two(
    serial: str,
    present: Sequence[str],
    kinds: Sequence[ManifestKind | None],
    written: WrittenIncludes | None,
) -> None:
    ours = {each.kind for each in written.ours} if written else ()
    for kind in (ManifestKind.SITE, ManifestKind.BUILD):
        if kind in ours or kinds.count(kind) <= 1:
            continue
        of_kind = (entry for entry, each in zip(present, kinds, strict=True) if each is kind)
        paths = dict.fromkeys(of_kind)
        if len(paths) > 1:
            raise TwoOfAKind(serial, kind, list(paths))


def _replaced(
    present: Sequence[str], kinds: Sequence[ManifestKind | None], left: list[Include]
) -> Iterator[str]:
    """Yield the entries with ours replaced, and remove the placed ones from `left`.

    Includes of every Mac stay where they are; former ones are removed.
    """
    for entry, kind in zip(present, kinds, strict=True):
        if kind is None:
            yield entry
            continue
        for include in left:
            if include.kind is kind and (kind is not ManifestKind.ALWAYS or include.path == entry):
                left.remove(include)
                yield include.path
                break
