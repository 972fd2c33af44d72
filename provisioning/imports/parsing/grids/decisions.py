"""Decisions about Macs in the columns of a table: marks of those wanted, states of those gone."""

import re

from provisioning.imports.parsing.grids.spellings import WANTED

UNWANTED = "is marked as not wanted in its row"
COMMENTED = "is commented out"
_NO = frozenset(
    {"no", "n", "nein", "non", "nee", "nej", "false", "0", "✗", "✘", "❌", "skip", "later", "hold"}
)
_GONE = re.compile(
    r"(?:in |under )?repair|not (?:yet )?(?:delivered|received|arrived)|missing|in reparatur"
    r"|nicht geliefert|archived|retired|lost|stolen|lost ?/ ?stolen|disposed(?: of)?|broken"
    r"|defective|damaged|sold"
    r"|scrapped|returned|decommissioned|cancell?ed|ausgemustert|verschrottet|archiviert|defekt"
    r"|verkauft|gestohlen|verloren|storniert|perdue?|volée?|vendue?|au rebut|hors service|robado"
    r"|perdido|vendido|de baja|rubato|venduto|dismesso",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|;|%|<!--)\s*\w")

_MARK = re.compile(r"[x✓✔✅☑●•*1]|yes|ja|oui|sí|si|true|ok", re.IGNORECASE)


def is_mark(cell: str) -> bool:
    """Tell if a cell is a mark, such as an x, in a column that means a Mac by it."""
    return _MARK.fullmatch(cell.strip()) is not None


def doubt_about(kind: str, cell: str) -> str | None:
    """Return the doubt that a cell of such a column raises, or None: WANTED, STATUS or NOTE."""
    text = cell.strip(" .!").casefold()
    if kind == WANTED:
        return UNWANTED if text in _NO else None
    is_gone = _GONE.fullmatch(text)
    return f"has the status {cell.strip()!r}" if is_gone else None


def commented(lines: list[str]) -> set[int]:
    """Return the numbers of the lines that are commented out, where most of the others are not."""
    found = {number for number, line in enumerate(lines) if _COMMENT.match(line)}
    return found if 2 * len(found) < len(lines) else set()
