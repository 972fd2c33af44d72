"""A check of the zip archive in an .xlsx file, before a spreadsheet reader opens it.

The sizes that an archive declares are checked first and not trusted: its members are unpacked here
with a limit and packed anew, so that the reader gets exactly the checked bytes. That also leaves
out pictures, macros and archives in the archive.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy

from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats.kinds import ARCHIVE, DOCUMENT

MAX_MEMBERS = 1_000
MAX_BYTES = 100_000_000  # unpacked, all members together
MAX_RATIO = 200  # unpacked to packed; Excel's own files stay below 30
MAX_CELLS = 6_000_000  # of a sheet from its first to its last; 32 bytes each in the reader
MAX_TAGS = 2_000_000  # rows and cells in one sheet
_SMALL = 100_000  # bytes, below which any ratio is harmless

_READ = re.compile(r"(?!.*/(?:media|drawings|charts|embeddings)/).*\.(?:xml|rels)", re.IGNORECASE)
# The part that lists the sheets, which SharePoint numbers; the reader only knows its plain name.
_WORKBOOK = re.compile(r"(?<![^/\\])workbook\d*\.xml(?=\.rels$|$)", re.IGNORECASE)
_TAG = re.compile(
    rb"<(?:[^\s<>/:\"'!?]+:)?(c|row)(?=[\s/>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>"
)
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]*)([0-9]*)\s*[\"']")
# The reader makes room for as many texts as are announced here, however few there are.
_ANNOUNCED = re.compile(rb"\suniqueCount\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_DAMAGED = "it is damaged; save it again as .xlsx or CSV"
_TOO_LARGE = "it is too large when unpacked; save only the sheet with the serials, as CSV"


def repack(content: bytes, name: str) -> bytes:
    """Return an .xlsx file with only the parts that a reader of its cells needs.

    Raises UnreadableFile where it is damaged, encrypted, no spreadsheet, or too large unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_declared(archive.infolist(), len(content), name)
            return _packed(_unpacked(archive, name))
    except UnreadableFile:
        raise
    # zipfile raises all of these for damaged files.
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, LookupError) as error:
        raise UnreadableFile(name, _DAMAGED) from error
    except (NotImplementedError, RuntimeError, MemoryError, OverflowError) as error:
        raise UnreadableFile(name, _DAMAGED) from error


def _check_declared(members: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_BYTES:
        raise UnreadableFile(name, _TOO_LARGE)
    if unpacked > _SMALL and unpacked > MAX_RATIO * packed:
        raise UnreadableFile(name, _TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(name, "it is encrypted; save it without a password")
    if any(member.filename.startswith("Index/") for member in members):
        raise UnreadableFile(name, "it is a Numbers document; export it as CSV or for Excel")
    if not any(_WORKBOOK.search(member.filename) for member in members):
        raise UnreadableFile(name, _kind_of({member.filename for member in members}))


def _kind_of(members: set[str]) -> str:
    """The reason against an archive that is no workbook, by the names in it."""
    if "word/document.xml" in members:
        return DOCUMENT
    is_office = bool(members & {"[Content_Types].xml", "content.xml", "xl/workbook.bin"})
    return "it is no Excel workbook; save it as .xlsx or CSV" if is_office else ARCHIVE


def _unpacked(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = MAX_BYTES
    for member in archive.infolist():
        if not _READ.fullmatch(member.filename):
            continue
        part = _part(archive, member, left)
        left -= len(part)
        if left < 0:
            raise UnreadableFile(name, _TOO_LARGE)
        _check_spread(part, name)
        parts[_WORKBOOK.sub("workbook.xml", member.filename)] = _ANNOUNCED.sub(b"", part)
    return parts


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """The member as far as one byte beyond `limit`, whatever length it declares."""
    member = copy(member)
    member.file_size = MAX_BYTES + 1
    with archive.open(member) as stream:
        return stream.read(limit + 1)


def _check_spread(part: bytes, name: str) -> None:
    """Refuse cells so many or so far apart that room for them would fill the memory."""
    rows = columns = 0
    for count, (row, column) in enumerate(_places(part)):
        rows, columns = max(rows, row), max(columns, column)
        if count > MAX_TAGS or rows * columns > MAX_CELLS:
            raise UnreadableFile(
                name, "its cells are too many or too far apart; save only the list, as CSV"
            )


def _places(part: bytes) -> Iterator[tuple[int, int]]:
    """The row and the column, from 1, of every row (in column 0) and every cell of a sheet."""
    row = column = 0
    for tag, attributes, empty in map(re.Match.groups, _TAG.finditer(part)):
        references = _REFERENCE.findall(attributes)
        if tag == b"row":
            row, column = (int(references[-1][1] or 0) if references else row + 1), 0
            yield 0, 0
            continue
        column += 1
        # There is more than one where one stands inside of another attribute: the farthest counts.
        for letters, digits in references:
            row, column = int(digits[:9] or row), _number(letters[:9]) or column
            yield (row, column) if not empty else (0, 0)
        if not references and not empty:
            yield row, column


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for filename, part in parts.items():
            archive.writestr(zipfile.ZipInfo(filename), part)
    return file.getvalue()
