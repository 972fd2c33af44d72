"""Delimited texts such as CSV: a tolerant parser, and the template that people fill in."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from provisioning.imports.parsing.columns import COMMENT, count_serials
from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.rows import Placed

DELIMITERS = ",;\t|"
MOST_EXAMPLES = 20  # names of sites or of builds that the template lists
_NAMED = re.compile(rf'"?sep=([{DELIMITERS}])"?', re.IGNORECASE)
_SAMPLE = 16_384  # characters that the delimiter is guessed from
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WHITE = " \t\r\n\f\v\xa0\u200b\ufeff"
_PLAIN = frozenset("\t\n\r\f\v\x1a")  # control characters that a text may hold


def decode(content: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252.

    Raises UnreadableFile where it is no text.
    """
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if any(not (char.isprintable() or char in _PLAIN) for char in set(text) if char < " "):
        raise UnreadableFile(name, "it is neither a table nor a text; save it as .xlsx or CSV")
    return text


def parse(text: str) -> list[Placed]:
    """Return the rows of a delimited text, each with the line in which it begins.

    Raises csv.Error where a cell has no end.
    """
    text, delimiter = _delimiter(text)
    try:
        rows = list(_rows(text, delimiter, csv.QUOTE_MINIMAL))
    except csv.Error:
        rows = []
    # A quotation mark without its partner, as in 14", swallows the lines up to the next one.
    if not rows or any(_has_swallowed(cell) for _, cells in rows for cell in cells):
        return list(_rows(text, delimiter, csv.QUOTE_NONE))
    return rows


def csv_template(sites: Sequence[str] | None, builds: Sequence[str] | None) -> bytes:
    """Return a CSV template for people to fill in: headings, and comments with the known names.

    `sites`, or `builds`, are None where the repo has none of that kind. The file begins with a
    byte order mark, or Excel would read it as Windows-1252. The lines below the headings begin
    with # and are not read.
    """
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    known = {"Site": sites, "Build": builds}
    kinds = {kind: names for kind, names in known.items() if names is not None}
    lines.writerow(("Serial", *kinds, "Note"))
    lines.writerow((f"{COMMENT}One Mac a line, from here on; lines with # are not read",))
    lines.writerows((f"{COMMENT}{kind}s: {_listed(names)}",) for kind, names in kinds.items())
    return file.getvalue().encode("utf-8-sig")


def _has_swallowed(cell: str) -> bool:
    return "\n" in cell and count_serials(re.split(rf"[\s{DELIMITERS}\"]+", cell)) > 0


def _encoding(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    sample = content[:1024]
    if sample[1::2].count(0) * 2 > len(sample[1::2]):
        return "utf-16-le"
    if sample[::2].count(0) * 2 > len(sample[::2]):
        return "utf-16-be"
    return "utf-8"


def _delimiter(text: str) -> tuple[str, str]:
    """Return the text and its delimiter; Excel also names it in a first line of its own."""
    first, _, rest = text.partition("\n")
    if (named := _NAMED.fullmatch(first.rstrip("\r"))) is not None:
        return "\n" + rest, named[1]
    return text, max(DELIMITERS, key=lambda sign: _fitness(text[:_SAMPLE], sign))


def _fitness(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many lines have the most frequent number of columns, and that number."""
    numbers = Counter(
        line.count(delimiter)
        for line in sample.splitlines()
        if delimiter in line and not line.lstrip('"').startswith(COMMENT)
    )
    columns, lines = numbers.most_common(1)[0] if numbers else (0, 0)
    return lines, columns


def _rows(text: str, delimiter: str, quoting: int) -> Iterator[Placed]:
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=quoting,  # type: ignore[arg-type]
        strict=True,
        skipinitialspace=True,
    )
    edges = _WHITE + '"' * (quoting == csv.QUOTE_NONE)
    begun = 1
    for cells in lines:
        yield f"line {begun}", [cell.strip(edges) for cell in cells]
        begun = lines.line_num + 1


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(" ".join(name.split()) for name in names[:MOST_EXAMPLES])
    return (
        f"{listed} and {len(names) - MOST_EXAMPLES} more"
        if len(names) > MOST_EXAMPLES
        else listed or "none yet"
    )
