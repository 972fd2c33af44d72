"""A comparison of a Mac's manifest with the entries that Rollcall wrote, by pure functions.

Only Rollcall's own entries and the catalogs count: the rest of a manifest is other people's.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from provisioning.munki.layout import Destination, Layout, ManifestKind
from provisioning.munki.layout.ownership import WrittenIncludes, kinds_of
from provisioning.munki.manifests.documents import INCLUDED, Manifest, entries


@dataclass(frozen=True, slots=True)
class ManifestDifference:
    """The differences between a manifest and the entries that Rollcall wrote into it.

    `gone`: there is none. It lacks the entries `missing`, and has the `other` ones, of kinds of
    which Rollcall wrote one. `catalogs` are its own, None where they are as they were. `place` is
    the site and the build that it leads to; None where it does not lead to one of each.
    """

    gone: bool = False
    missing: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    catalogs: tuple[str, ...] | None = None
    place: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a column keeps it."""
        return {
            "gone": self.gone,
            "missing": [*self.missing],
            "other": [*self.other],
            "catalogs": None if self.catalogs is None else [*self.catalogs],
            "place": None if self.place is None else [*self.place],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` returned."""
        catalogs, place = stored["catalogs"], stored["place"]
        return cls(
            stored["gone"],
            tuple(stored["missing"]),
            tuple(stored["other"]),
            None if catalogs is None else tuple(catalogs),
            None if place is None else (place[0], place[1]),
        )

    def elsewhere(self, here: Destination) -> Destination | None:
        """Return the place that it leads to, where that is another one than its Mac's."""
        there = self.place and Destination(*self.place)
        return there if there and there != here else None

    @property
    def digest(self) -> str:
        """A short hash of this difference: 12 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.to_json()).encode()).hexdigest()[:12]


def compare(
    written: WrittenIncludes,
    manifest: Manifest | None,
    layout: Layout,
    kind_of: Callable[[str], ManifestKind | None],
    here: tuple[str, str] | None = None,
) -> ManifestDifference | None:
    """Return the difference of a manifest (None: no file) from the `written` entries, or None.

    The layout and its `kind_of` tell which entries of others look like Rollcall's own. The order
    of the entries, and repeated ones, are no difference. Nor are entries under the names that they
    have now, in a manifest that leads to the site and the build `here`, of its Mac's registration,
    and to no others.
    """
    if manifest is None:
        return ManifestDifference(gone=True)
    present = [*dict.fromkeys(entries(manifest, INCLUDED))]
    kinds = kinds_of(present, kind_of, written)
    ours = {include.path for include in written.ours}
    chosen = {include.kind for include in written.ours} - {ManifestKind.ALWAYS}
    catalogs = tuple(entries(manifest, "catalogs"))
    missing = tuple(include.path for include in written.ours if include.path not in present)
    other = tuple(
        entry
        for entry, kind in zip(present, kinds, strict=True)
        if kind in chosen and entry not in ours
    )
    other_catalogs = None if written.catalogs in (None, catalogs) else catalogs
    if not missing and not other and other_catalogs is None:
        return None
    place = layout.leads_to([entry for entry in present if entry not in written.theirs])
    if place is not None and place == here:
        now = {include.path for include in layout.includes(*place)}
        of_kinds = {entry for entry, kind in zip(present, kinds, strict=True) if kind in chosen}
        if of_kinds <= now <= set(present):
            missing, other = (), ()
            if other_catalogs is None:
                return None
    return ManifestDifference(missing=missing, other=other, catalogs=other_catalogs, place=place)
