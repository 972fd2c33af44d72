"""The cases of the corpus, read from its TOML files; README.md says how they are written."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.corpora.intake import make

HERE = Path(__file__).parent

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".eml": "message/rfc822",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Mac:
    """A Mac of an answer; site, build and name are None where the list gives none.

    `askable`: to ask about this serial is as right as to take it. `asked`: values that stand
    where a site or a build would and are none; they may be asked about, never taken.
    """

    serial: str
    site: str | None = None
    build: str | None = None
    name: str | None = None
    askable: bool = False
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A text of the input that is not simply taken, and the reason."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One list, and what a careful colleague would take, ask about and leave out."""

    kind: str
    name: str
    source: str
    sites: tuple[str, ...]
    builds: tuple[str, ...]
    filename: str | None  # None: pasted text
    answer: tuple[Mac, ...]
    doubtful: tuple[Remark, ...]
    left_out: tuple[Remark, ...]
    _given: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        """The class and the name, such as `jamf/preload`; unique in its half."""
        return f"{self.kind}/{self.name}"

    @property
    def media_type(self) -> str:
        """The media type of the file, or of pasted text."""
        return MEDIA_TYPES[Path(self.filename).suffix] if self.filename else "text/plain"

    @property
    def readable(self) -> str:
        """All of the input as text, before it is encoded or put into a workbook."""
        return make.readable(self._given)

    def content(self) -> bytes:
        """The bytes of the file; of pasted text its UTF-8."""
        return make.content(self._given)


def cases(half: str) -> Iterator[Case]:
    """The cases of one half, which is a folder beside this module, in the order of its files."""
    for path in files(half):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (_case(path.stem, document, given) for given in document["case"])


def files(half: str) -> list[Path]:
    """The TOML files of one half, one a class."""
    return sorted((HERE / half).rglob("*.toml"))


def _case(kind: str, document: Mapping[str, Any], given: Mapping[str, Any]) -> Case:
    return Case(
        kind=kind,
        name=given["name"],
        source=given.get("source", document["source"]),
        sites=tuple(given.get("sites", document["sites"])),
        builds=tuple(given.get("builds", document["builds"])),
        filename=given.get("file"),
        answer=tuple(_mac(fields) for fields in _lines(given, "answer")),
        doubtful=tuple(Remark(*fields) for fields in _lines(given, "doubtful")),
        left_out=tuple(Remark(*fields) for fields in _lines(given, "left_out")),
        _given=given,
    )


def _lines(given: Mapping[str, Any], key: str) -> Iterator[list[str]]:
    """The fields of each line of a list in a case, which `|` separates."""
    for line in given.get(key, "").splitlines():
        yield [text.strip() for text in line.split("|")]


def _mac(fields: list[str]) -> Mac:
    serial, site, build, name = (fields + [""] * 3)[:4]
    return Mac(
        serial=serial.removeprefix("?"),
        site=_known(site),
        build=_known(build),
        name=name or None,
        askable=serial.startswith("?"),
        asked=tuple(text[1:] for text in (site, build) if text.startswith("?")),
    )


def _known(text: str) -> str | None:
    return None if text in {"", "-"} or text.startswith("?") else text
