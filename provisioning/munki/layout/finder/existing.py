"""Existing Macs: the manifests of a repo that are Macs' own by serial, and where these lead."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioning.munki.layout.finder.adoption import AdoptedMac, Adoption
from provisioning.munki.layout.index import PlaceIndex, is_left_alone
from provisioning.munki.layout.layout import Layout
from provisioning.munki.layout.meanings import Meanings
from provisioning.munki.manifests.documents import INCLUDED, SITE_DEFAULT, Manifest, entries
from provisioning.munki.manifests.includes import CATALOGS, named
from provisioning.munki.manifests.names import serials_among
from provisioning.munki.manifests.reading import MANIFESTS, read_manifests
from provisioning.munki.storage import Store
from provisioning.values.serials import InvalidSerial, Serial, is_vmware


@dataclass(frozen=True, slots=True)
class ExistingMac:
    """A Mac by serial whose own manifest leads to one place, and has these catalogs."""

    serial: Serial
    manifest: AdoptedMac
    catalogs: tuple[str, ...]

    @property
    def stays(self) -> bool:
        """True where a first boot changes nothing: a manifest without catalogs gets some."""
        return self.manifest.stays and bool(self.catalogs)


@dataclass(frozen=True, slots=True)
class ExistingMacs:
    """The Macs of a repo that lead to one place each, in the order of their serials' keys.

    `left_out` are manifests that look like Macs' own, by the reason, such as "has 2 sites".
    """

    macs: Sequence[ExistingMac]
    left_out: Mapping[str, Sequence[str]]


def read_existing(store: Store, places: PlaceIndex) -> ExistingMacs:
    """Read each manifest of a repo that offers `places` once. Raises RepoUnusable."""
    names = sorted(name for name in store.walk(MANIFESTS) if not is_left_alone(name))
    found = _Found(places.layout)
    found.read(store, names)
    return _sorted_out(found, places)


class _Found:
    """A collection of the includes of manifests, None for unreadable ones, and of catalogs.

    Equal ones are one object: there are few places, and many Macs.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout, self.includes = layout, dict[str, tuple[str, ...] | None]()
        self.included, self.catalogs = set[str](), dict[str, tuple[str, ...]]()
        self._same = dict[tuple[str, ...], tuple[str, ...]]()

    def read(self, store: Store, names: Sequence[str]) -> None:
        for name, manifest in zip(names, read_manifests(store, MANIFESTS, names), strict=True):
            self.includes[name] = None
            if isinstance(manifest, dict):
                self.included.update(named(manifest, INCLUDED))
                self.includes[name] = self._list(manifest, INCLUDED)
                self.catalogs[name] = self._list(manifest, CATALOGS)

    def _list(self, manifest: Manifest, key: str) -> tuple[str, ...]:
        texts = tuple(entries(manifest, key))
        return self._same.setdefault(texts, texts)

    def own(self) -> Mapping[str, str]:
        """The serials of Macs' own manifests, by their paths."""
        macs = f"{self.layout.macs}/" if self.layout.macs else ""
        parts = {name: name.removeprefix(macs) for name in self.includes if name.startswith(macs)}
        own = {name: part for name, part in parts.items() if "/" not in part or is_vmware(part)}
        serials = set(serials_among(list(own)))
        return {name: part for name, part in own.items() if name in serials or is_vmware(part)}


def _sorted_out(found: _Found, places: PlaceIndex) -> ExistingMacs:
    adoption, objections = Adoption(places), _Objections(found, places)
    macs, left_out = list[ExistingMac](), defaultdict[str, list[str]](list)
    for name, includes in found.includes.items():
        manifest = AdoptedMac(name, problem="cannot be read")
        if includes is not None:
            manifest = adoption.mac(name, includes)
        if not objections.is_of_a_mac(manifest):
            continue
        if reason := objections.to(name) or manifest.problem:
            left_out[reason].append(name)
        else:
            serial = Serial(objections.own[name])
            macs.append(ExistingMac(serial, manifest, found.catalogs[name]))
    macs.sort(key=lambda mac: mac.serial.key)
    return ExistingMacs(macs, left_out)


class _Objections:
    """Reasons why a manifest cannot be a Mac's registration, other than its destination."""

    def __init__(self, found: _Found, places: PlaceIndex) -> None:
        self._found, self._meanings, self.own = found, Meanings(places), found.own()
        self._twins = Counter(serial.upper() for serial in self.own.values())

    def is_of_a_mac(self, manifest: AdoptedMac) -> bool:
        """True for a serial's, and for one that leads to a place and that nothing else needs."""
        name = manifest.name
        is_shared = name in self._found.included or name == SITE_DEFAULT
        is_shared |= self._found.layout.kind_of(name) is not None
        return name in self.own or not (manifest.problem or is_shared)

    def to(self, name: str) -> str:
        """Return the objection to a manifest; empty where there is none."""
        serial = self.own.get(name)
        if serial is None:
            return "is not named after a serial, or not where Macs' own manifests are"
        if name in self._found.included:
            return "is included by others"
        if self._twins[serial.upper()] > 1:
            return "differs from another one only in case"
        if meaning := self._meanings.of(serial):
            return f"is {meaning}"
        return _fault(serial)


def _fault(serial: str) -> str:
    """The fault of a text as a serial; empty where it has none."""
    try:
        is_placeholder = Serial.parse(serial).is_placeholder
    except InvalidSerial as error:
        return f"has no valid serial: {error.reason}"
    return "is what Macs without a serial say" if is_placeholder else ""
