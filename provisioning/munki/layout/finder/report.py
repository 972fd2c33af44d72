"""The report of `boot.sh adopt`: a repo, the table that fits it, and the changes of its Macs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import indent
from typing import Any

from infrastructure.findings import Finding, shortened
from provisioning.munki.layout.finder.adoption import AdoptedMac, Adoption, examples
from provisioning.munki.layout.finder.evidence import SPARED, telling
from provisioning.munki.layout.finder.keeping_out import keeps_out
from provisioning.munki.layout.finder.proposal import TableProposal, propose
from provisioning.munki.layout.finder.questions import (
    OtherIncludes,
    about_besides,
    about_identifiers,
    about_parts,
    besides,
    listed,
    number,
    why_nothing,
)
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Layout, ManifestKind
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS
from provisioning.munki.manifests.names import EXTENSION
from provisioning.values.serials import is_vmware

MAX_BROKEN = 3  # findings of a kind that are shown one by one
_ASKED = (
    " Munki asks for a ClientIdentifier and for the host name first: with client_identifier = true "
    "above [munki], the first-boot script has it ask for the serial's."
)


@dataclass(frozen=True)
class AdoptionReport:
    """A report on a repo; `proposal` is None where it has nothing to choose from.

    `is_given` says that the layout is one of a policy file, and not proposed here.
    """

    shape: RepoShape
    proposal: TableProposal | None
    macs: tuple[AdoptedMac, ...] = ()
    keeps_out: tuple[Finding, ...] = ()
    is_given: bool = False

    @classmethod
    def proposing(cls, shape: RepoShape) -> "AdoptionReport":
        """Return the report with the layout that the finder proposes."""
        proposal = propose(shape)
        return cls(shape, None) if proposal is None else cls._of(shape, proposal)

    @classmethod
    def of_layout(
        cls, shape: RepoShape, layout: Layout, catalogs: tuple[str, ...] = DEFAULT_CATALOGS
    ) -> "AdoptionReport":
        """Return the report with a layout, and catalogs of new manifests, that an admin wrote."""
        return cls._of(shape, TableProposal(shape.root, layout, catalogs, {}), is_given=True)

    @classmethod
    def _of(
        cls, shape: RepoShape, proposal: TableProposal, *, is_given: bool = False
    ) -> "AdoptionReport":
        """Return the report with a layout, whose sites and builds are no Macs' own manifests."""
        places = PlaceIndex(proposal.layout, shape.paths, lambda: shape.ignores_case)
        others = tuple(name for name in shape.others if not _is_offered(name, places))
        shape = replace(shape, others=others)
        macs = Adoption(places).macs(telling(shape), shape.includes)
        found = keeps_out(places, set(shape.paths).__contains__)
        return cls(shape, proposal, tuple(macs), tuple(found), is_given)

    @property
    def fits(self) -> bool:
        """True where there is a layout that lets Macs in."""
        return self.proposal is not None and not self.keeps_out

    @property
    def builds(self) -> Sequence[str]:
        """The builds that the layout offers."""
        if self.proposal is None:
            return ()
        return PlaceIndex(self.proposal.layout, self.shape.paths).builds()

    @property
    def covered(self) -> int:
        """The number of the Macs that go to a place which the layout knows."""
        return sum(not mac.problem for mac in self.macs)

    def as_text(self) -> Iterator[str]:
        """Yield the lines for people."""
        yield self._counted()
        if self.shape.root:
            yield f"It lies in {self.shape.root}/, which is munki.root."
        for line in shortened(self.shape.broken, MAX_BROKEN):
            yield f"Broken: {line}"
        if self.shape.left_alone:
            yield f"No manifests, and left alone: {listed(self.shape.left_alone)}."
        if self.proposal is None:
            yield from ("", *why_nothing(self.shape))
            return
        yield from ("", *self._table(self.proposal))
        yield from (str(finding) for finding in self.keeps_out)
        yield from self._macs(self.proposal.layout)

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs."""
        shape, proposal = self.shape, self.proposal
        return {
            "root": shape.root,
            "manifests": _number_of_manifests(shape),
            "macs": {"serials": len(shape.serials), "others": len(shape.others)},
            "shared": len(shape.shared),
            "catalogs": list(shape.catalogs),
            "left_alone": list(shape.left_alone),
            "broken": [
                {"kind": each.kind, "message": each.message, "fix": each.fix}
                for each in shape.broken
            ],
            "layouts": [] if proposal is None else [self._layout(proposal)],
            "macs_after": [_mac(mac) for mac in examples(self.macs)],
            "keeps_out": [str(finding) for finding in self.keeps_out],
        }

    def _layout(self, proposal: TableProposal) -> dict[str, Any]:
        return {
            "table": {
                "root": proposal.root,
                **proposal.layout.to_json(),
                "catalogs": list(proposal.catalogs),
            },
            "toml": _written(proposal, {}) if proposal.needs_table else "",
            "reasons": dict(proposal.reasons),
            "besides": self._besides(proposal.layout).names,
            "elsewhere": [*self.shape.others, *self._misplaced(proposal.layout)],
            "covers": self.covered,
            "of": len(self.macs),
        }

    def _counted(self) -> str:
        shape = self.shape
        names = [number(len(shape.serials), "Mac") + " by serial"]
        if shape.others:
            names.append(f"{len(shape.others)} by host name or another identifier")
        names.append(number(len(shape.shared), "other"))
        catalogs = f" Catalogs: {listed(shape.catalogs)}." if shape.catalogs else ""
        total = number(_number_of_manifests(shape), "manifest")
        return f"{total}: {', '.join(names)}.{catalogs}"

    def _table(self, proposal: TableProposal) -> Iterator[str]:
        fits = "no Mac has a manifest yet"
        if self.macs:
            fits = f"{self.covered} of {len(self.macs)} Macs go where it says"
        if self.is_given:
            yield f"The table of the policy file: {fits}."
        elif not proposal.needs_table:
            yield f"No table is needed: the repo is laid out as Rollcall takes it; {fits}."
        else:
            heading = self._heading(proposal.layout)
            yield f"{heading}; {fits}. Put it into the file of ROLLCALL_POLICY:"
            yield ""
            yield from indent(_written(proposal, proposal.reasons), "    ").splitlines()
            yield ""

    def _heading(self, layout: Layout) -> str:
        if self.macs and not self.covered:
            return "A table told by names alone"
        if len(self.macs) - self.covered > max(1, SPARED * len(self.macs)):
            return "A table that fits some Macs"
        if self._besides(layout).kind:
            return "A table that may fit, with a question below"
        return "The table that fits"

    def _besides(self, layout: Layout) -> OtherIncludes:
        return besides(self.shape, layout, self.macs)

    def _macs(self, layout: Layout) -> Iterator[str]:
        misplaced = tuple(self._misplaced(layout))
        shown = examples(self.macs)
        if shown:
            yield "Existing Macs, sent where they go now:"
        for mac in shown:
            place = ", ".join(name for name in (mac.site, mac.build) if name) or "nowhere"
            change = mac.change
            if mac.name in (*self.shape.others, *misplaced):
                change = mac.problem or f"keeps it; one by serial includes {listed(mac.after)}"
            yield f"  {mac.name}  {place}  {change}"
        yield from self._problems()
        yield from about_besides(self._besides(layout), len(self.macs))
        if not self.is_given:
            yield from about_parts(self.shape, layout)
        yield from self._elsewhere(layout, misplaced)
        if not self.is_given:
            yield from about_identifiers(self.shape, layout)

    def _elsewhere(self, layout: Layout, misplaced: Sequence[str]) -> Iterator[str]:
        """The Macs that a first boot gives another manifest than they have."""
        others = self.shape.others
        where = {"by other names": others, "elsewhere": misplaced}
        if names := [*others, *misplaced]:
            by = " or ".join(words for words, found in where.items() if found)
            yield (
                f"Macs {by} ({listed(names)}) keep their manifests; a first boot makes one by "
                f"serial.{'' if layout.macs else _ASKED}"
            )
        if layout.macs:
            yield (
                f"Munki finds {layout.macs}/SERIAL by ClientIdentifier alone, which the first-boot "
                "script sets."
            )

    def _misplaced(self, layout: Layout) -> Iterator[str]:
        """The manifests by serial that do not lie where a first boot looks for the Mac's own."""
        for name in self.shape.serials:
            serial = EXTENSION.sub("", name.rpartition("/")[2])
            if not is_vmware(name) and name != layout.manifest_of(serial):
                yield name

    def _problems(self) -> Iterator[str]:
        by_problem: defaultdict[str, list[str]] = defaultdict(list)
        for mac in self.macs:
            if mac.problem:
                by_problem[mac.problem].append(mac.name)
        for problem, names in by_problem.items():
            yield f"Not covered, because it {problem}: {listed(names)}."


def _is_offered(path: str, places: PlaceIndex) -> bool:
    """True for a site, a build of a site that there is, or what all Macs include."""
    kind, builds = places.layout.kind_of(path), places.layout.builds
    if kind is ManifestKind.BUILD and builds is not None and builds.needs_site:
        return any(places.has_site(each.site or "") for each in builds.readings(path))
    return kind is not None


def _written(proposal: TableProposal, reasons: Mapping[str, str]) -> str:
    return written(proposal.root, proposal.layout, proposal.catalogs, reasons)


def _mac(mac: AdoptedMac) -> dict[str, Any]:
    return {
        "name": mac.name,
        "site": mac.site,
        "build": mac.build,
        "before": list(mac.before),
        "after": list(mac.after),
        "problem": mac.problem,
    }


def _number_of_manifests(shape: RepoShape) -> int:
    return sum(not path.endswith("/") for path in shape.paths)
