"""One thing that is wrong, and what to do about it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_OF_A_KIND = 8  # shown one by one; a lab with one mistake has it five hundred times


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact and its fix, a sentence each. Those of one `kind` have the same cause."""

    kind: str
    fact: str
    fix: str

    def __str__(self) -> str:
        return f"{self.fact} {self.fix}".strip()


def shortened(findings: Sequence[Finding], most: int = MOST_OF_A_KIND) -> Iterator[str]:
    """Yield the findings as lines; the many of a kind are counted after the first `most`."""
    total = Counter(finding.kind for finding in findings)
    shown: Counter[str] = Counter()
    for finding in findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= most:
            yield str(finding)
        elif shown[finding.kind] == total[finding.kind]:
            yield f"… and {total[finding.kind] - most} more of the same: {finding.kind}."
