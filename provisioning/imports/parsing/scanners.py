"""Lists that a barcode scanner wrote, in which an S stands before the serials."""

import re
from dataclasses import replace

from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.serial_shapes import SCANNED

# Other codes of the same label: Apple's part number behind 1P, and the number of a product.
_OTHER_CODES = re.compile(r"(?<![A-Za-z0-9])(?:1P[A-Z0-9]{5,}|\(1P\)|0?\d{12,13})(?![A-Za-z0-9])")


def without_letter(result: ParseResult, text: str) -> ParseResult:
    """Return the result without the doubt about an S where `text` shows that a scanner wrote it."""
    if not any(entry.doubt == SCANNED for entry in result.entries):
        return result
    if not _OTHER_CODES.search(text):
        return result
    return ParseResult(
        tuple(
            replace(entry, doubt=None) if entry.doubt == SCANNED else entry
            for entry in result.entries
        ),
        result.rejected,
    )
