"""A finding: a fault, its location, and the fix."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_OF_A_KIND = 8  # shown one by one; a lab with one mistake has it five hundred times


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file of an admin's; no `line` (from 1): all of it."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake to fix: an error message and its fix, a sentence each; the fix may be empty.

    Those of one `kind` have the same cause.
    """

    kind: str
    message: str
    fix: str
    location: Location | None = None

    def __str__(self) -> str:
        text = f"{self.message} {self.fix}".strip()
        return f"{self.location}: {text}" if self.location else text


def shortened(findings: Sequence[Finding], limit: int = MAX_OF_A_KIND) -> Iterator[str]:
    """Yield the findings as lines; the many of a kind are counted after the first `limit`."""
    total = Counter(finding.kind for finding in findings)
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.kind] += 1
        if counts[finding.kind] <= limit:
            yield str(finding)
        elif counts[finding.kind] == total[finding.kind]:
            yield f"… and {total[finding.kind] - limit} more of the same: {finding.kind}."
