"""Files that browsers sent: kept for their person until they are read, and no longer than a day."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle, reading, sources
from provisioning.imports.lifecycle import Submission
from provisioning.imports.models import HandedInFile, Import
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.reading import ReadingProgress
from provisioning.imports.sources import FilesGone, ImportSource
from tests.support.inputs.examples import NOON


def sent(database: Database, name: str = "macs.csv", by: str = "U0ALICE") -> int:
    with database.begin() as session:
        number = sources.begin_file(session, name, 12, by=by, at=NOON)
        for at, piece in enumerate((b"C02XG0", b"FDJGH5")):
            sources.add_piece(session, number, at, piece)
        return number


def kept(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(HandedInFile)) or 0


def handed_in(database: Database, *numbers: int, by: str = "U0ALICE") -> list[ImportSource]:
    """The sources of an import with these files."""
    with database.begin() as session:
        imported = lifecycle.keep(session, ParseResult(), Submission(by, "board", NOON))
        found = sources.hand_in(session, imported, numbers)
        reading.start(session, imported, found, None, quiet=False)
        return found


@pytest.mark.postgresql(instead=True)
def test_a_file_is_handed_in_once_by_its_person(database: Database) -> None:
    table, photo = sent(database), sent(database, "label.HEIC")

    with pytest.raises(FilesGone):
        handed_in(database, table, by="U0BOB")
    found = handed_in(database, table, photo)
    with pytest.raises(FilesGone):
        handed_in(database, table)

    assert [(each["kind"], each["name"], each["size"]) for each in found] == [
        (sources.TABLE, "macs.csv", 12),
        (sources.PHOTO, "label.HEIC", 12),
    ]
    with database.reading() as session:
        assert sources.content_of(session, found[0]) == b"C02XG0FDJGH5"


@pytest.mark.postgresql(instead=True)
def test_a_file_goes_once_it_is_read(database: Database) -> None:
    handed_in(database, sent(database), sent(database))
    progress = ReadingProgress(1, 0, quiet=False, result=ParseResult())

    with database.begin() as session:
        reading.record(session, progress, NOON)
    assert kept(database) == 1
    with database.begin() as session:
        reading.abandon(session, 1, "the repo is away", NOON)
    assert kept(database) == 0
    with database.reading() as session:
        assert session.get_one(Import, 1).card_id is None


def test_a_file_that_nobody_reads_goes_after_a_day(database: Database) -> None:
    handed_in(database, sent(database))
    for passed, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with database.begin() as session:
            sources.prune(session, NOON + passed)
        assert (passed, kept(database)) == (passed, left)


def test_the_oldest_of_too_many_files_goes(database: Database) -> None:
    first = sent(database)
    theirs = sent(database, by="U0BOB")
    for _ in range(sources.MAX_WAITING):
        sent(database)

    assert kept(database) == sources.MAX_WAITING + 1
    with database.reading() as session:
        numbers = set(session.scalars(select(HandedInFile.id)))
    assert (first in numbers, theirs in numbers) == (False, True)
