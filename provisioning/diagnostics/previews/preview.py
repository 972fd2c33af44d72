"""A preview of a Mac's next boot, as a text and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.munki import Destination


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of a Mac's next boot, with `why`, in sentences. Secrets are left out.

    `destination` is None for an unknown Mac. `templates` are the names of the possible templates,
    the most specific first; `template` is the one that would be used. `manifest` is a text, of the
    file `path` below `manifests/`, and `changed` are its keys that would change. `faults` are
    expected errors, or parts that cannot be foreseen.
    """

    serial: str
    destination: Destination | None = None
    why: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    template: str | None = None
    script: str | None = None
    manifest: str | None = None
    path: str | None = None
    changed: tuple[str, ...] = ()
    computer_name: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The Mac's destination, in one sentence."""
        if self.destination is None:
            return Sentence("{serial} would go nowhere yet.", serial=self.serial)
        place = str(self.destination)
        return Sentence("{serial} would go to {place}.", serial=self.serial, place=place)

    @property
    def change(self) -> str:
        """The change of its manifest, as the end of a sentence."""
        if self.changed:
            return Sentence("would change: {names}", names=", ".join(self.changed))
        return Sentence("stays as it is")

    def as_json(self) -> dict[str, Any]:
        """Return the preview for tools; `path` is left out where it is the serial."""
        destination = self.destination
        facts = asdict(replace(self, destination=None))
        facts["destination"] = (
            {"site": destination.site, "build": destination.build} if destination else None
        )
        if self.path in (None, self.serial):
            del facts["path"]
        return facts

    def as_text(self) -> str:
        """Return the preview as a text for people at a terminal."""
        lines = [self.head, *_listed(self.why)]
        if self.faults:
            lines += ["", "What is wrong:", *_listed(self.faults)]
        if self.manifest is not None:
            heading = f"The manifest, manifests/{self.path}, {self.change}:"
            lines += ["", heading, "", self.manifest]
        if self.script is not None:
            lines += ["", f"The script, of {self.template}:", "", self.script]
        return "\n".join(lines).rstrip("\n") + "\n"

    def with_fault(self, fault: RollcallError | str) -> Self:
        """Return this preview with one more fault."""
        sentence = fault.sentence if isinstance(fault, RollcallError) else fault
        return replace(self, faults=(*self.faults, sentence))

    def with_reasons(self, *reasons: str) -> Self:
        """Return this preview with more reasons."""
        return replace(self, why=(*self.why, *reasons))


def _listed(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]
