"""Munki repos as they are elsewhere, each with a few Macs that go somewhere."""

import plistlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from provisioning.munki.layout import Layout
from provisioning.policy import munki_table

Place: TypeAlias = tuple[str, str]  # a site and a build; "" for a kind that the repo lacks
Manifest: TypeAlias = dict[str, Any]

PLACES: tuple[Place, ...] = (
    ("london", "design"),
    ("paris", "kiosk"),
    ("london", "kiosk"),
    ("leeds", "design"),
    ("paris", "lab"),
    ("leeds", "lab"),
)
CATALOGS = ("production", "testing")


@dataclass(frozen=True)
class RepoCase:
    """A repo: `includes` is what a Mac of a place includes, `table` the keys below `[munki]`.

    `shared` are manifests besides what Macs include. Macs are named `mac` with their number in it,
    below the folder `macs`. `root` is where `manifests` is.
    """

    name: str
    table: str
    includes: Callable[[str, str], Sequence[str]]
    places: tuple[Place, ...] = PLACES
    shared: tuple[str, ...] = ("site_default",)
    mac: str = "C02A{:02}SYNTH{}"
    macs: str = ""
    root: str = ""
    catalogs: tuple[str, ...] = CATALOGS
    extra: Mapping[str, Manifest] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """The policy file that goes with it."""
        return f"[munki]\n{self.table}\n"

    @property
    def layout(self) -> Layout:
        """The layout that the policy file says."""
        table, faults = munki_table.read(tomllib.loads(self.policy)["munki"])
        assert not faults
        return table.layout

    def own(self) -> dict[str, Place]:
        """The place of each Mac, by the path of its own manifest."""
        folder = f"{self.macs}/" if self.macs else ""
        names = (folder + self.mac.format(number, number) for number in range(1, 10))
        return dict(zip(names, self.places, strict=False))

    def manifests(self) -> dict[str, Manifest]:
        """All manifests, by their paths."""
        own = {
            name: {"catalogs": ["production"], "included_manifests": [*self.includes(*place)]}
            for name, place in self.own().items()
        }
        included = dict.fromkeys(
            path for manifest in own.values() for path in manifest["included_manifests"]
        )
        shared: dict[str, Manifest] = {
            path: {"managed_installs": ["Firefox"]} for path in (*self.shared, *included)
        }
        return {**shared, **own, **self.extra}

    def make(self, folder: Path) -> Path:
        """Write the repo below a folder, and return that."""
        top = folder / self.root
        for path, manifest in self.manifests().items():
            _write(top / "manifests" / path, manifest)
        for catalog in self.catalogs:
            _write(top / "catalogs" / catalog, [])
        return folder


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plistlib.dumps(content))
