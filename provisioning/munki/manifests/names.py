"""Names of manifests, as clients send them: paths below `manifests/` and never out of it.

Those of Macs' own manifests are told by their form where nothing else tells them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from infrastructure.errors import InvalidInput
from provisioning.values import file_names

YAML = (".yaml", ".yml")  # Munki's proposal: a client asks for it where there is no other file
EXTENSION = re.compile(r"\.(plist|xml)$")  # which some repos give their manifests
LONGEST = 1024  # characters
LONGEST_PART = 255  # bytes: what file systems take
# Apple's serials have 10 to 12 letters and digits; VMware's have VM and 10 in any case.
_SERIAL = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])([A-Z0-9]{10,12}|[a-z0-9]{10,12})|VM[A-Za-z0-9+=]{10}"
)
NUMBERED = re.compile(r"([A-Za-z]+)[0-9]+")  # mac0000012 is numbered, and C02XG0FDJGH5 is not


class InvalidName(InvalidInput):
    """A text that cannot be the name of a manifest."""

    def __init__(
        self,
        text: str,
        reason: str = "it is a path such as included_manifests/sites/london, without dots at the "
        "beginning of its parts",
    ) -> None:
        super().__init__(
            "{text} cannot be the name of a manifest: {reason}.",
            text=repr(text[:80]),
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class ManifestName:
    """A path below `manifests/`, its parts with `/` between them. Made by `parse` alone."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the name in `text`. Raises InvalidName for one that could leave the folder."""
        if not 0 < len(text) <= LONGEST or not all(_is_part(part) for part in text.split("/")):
            raise InvalidName(text)
        return cls(text)

    def verify_new(self) -> None:
        """Raise InvalidName for a new manifest that would break others' checkouts of the repo."""
        for part in self.text.split("/"):
            if (fault := file_names.fault_of(part)) is not None:
                raise InvalidName(self.text, fault)

    def verify_plist(self) -> None:
        """Raise InvalidName for a manifest in YAML, over which no property list is written."""
        if self.text.endswith(YAML):
            raise InvalidName(self.text, "files with YAML are left alone; leave its ending out")

    def __str__(self) -> str:
        return self.text


def _is_part(part: str) -> bool:
    return (
        bool(part)
        and part == part.strip()
        and not part.startswith(".")
        and "\\" not in part
        and part.isprintable()
        and len(part.encode("utf-8", "surrogatepass")) <= LONGEST_PART
    )


def serials_among(names: Sequence[str]) -> list[str]:
    """Return those of the names that are serials, by their last part.

    Names of letters and then a number are host names where several have the same letters.
    """
    last = {name: name.rpartition("/")[2] for name in names}
    likely = {name: part for name, part in last.items() if _SERIAL.fullmatch(part)}
    letters = {
        name: match[1] for name, part in likely.items() if (match := NUMBERED.fullmatch(part))
    }
    alike = Counter(letters.values())
    return [name for name in likely if alike.get(letters.get(name, ""), 0) <= 1]
