"""What would happen to a Mac if it booted now, as a value and as a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioning.munki import Destination


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen to a Mac, and `why`, in sentences. Secrets are left out.

    `destination` is None where nobody has said it. `templates` are those that are looked for,
    the most specific first; `template` is the one that was found. `changed` are the keys of the
    manifest that would change. `faults` are what would go wrong, or cannot be foreseen.
    """

    serial: str
    destination: Destination | None = None
    why: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    template: str | None = None
    script: str | None = None
    manifest: str | None = None
    changed: tuple[str, ...] = ()
    computer_name: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Where the Mac goes, in one sentence."""
        goes = f"would go to {self.destination}" if self.destination else "would go nowhere yet"
        return f"{self.serial} {goes}."

    @property
    def change(self) -> str:
        """What would become of its manifest, as the end of a sentence."""
        return f"would change: {', '.join(self.changed)}" if self.changed else "stays as it is"


def as_text(told: Preview) -> str:
    """Return a preview as a text for people at a terminal."""
    lines = [told.head, *_listed(told.why)]
    if told.faults:
        lines += ["", "What is wrong:", *_listed(told.faults)]
    if told.manifest is not None:
        lines += ["", f"The manifest, manifests/{told.serial}, {told.change}:", "", told.manifest]
    if told.script is not None:
        lines += ["", f"The script, of {told.template}:", "", told.script]
    return "\n".join(lines).rstrip("\n") + "\n"


def _listed(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]
