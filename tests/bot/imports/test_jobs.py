"""The job that reads what people hand in: once, not what is too large, and to its end."""

from typing import Any

import pytest

from bot.imports.jobs import ReadSourceJob
from infrastructure.database.engine import Database
from provisioning.imports import sources
from provisioning.imports.models import READ, READING, Import
from provisioning.imports.parsing import files
from provisioning.munki import MunkiRepo
from tests.support.inputs.examples import NOON, card

LIST = b"Serial,Site,Build\nC02XG0FDJGH5,london,design\n"


class Fetched:
    """A fetch of files that takes note of their names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, _: str, name: str) -> bytes:
        self.names.append(name)
        return LIST


def _never(file_id: str) -> dict[str, Any]:
    raise AssertionError(f"{file_id} was looked up")


@pytest.fixture
def fetched() -> Fetched:
    return Fetched()


@pytest.fixture
def job(database: Database, repo: MunkiRepo, fetched: Fetched) -> ReadSourceJob:
    return ReadSourceJob(database, repo, fetched, look_up=_never, read_file=files.read_here)


@pytest.fixture
def payload(database: Database) -> dict[str, Any]:
    """The job of the first of two files that were handed in; the first has the largest size."""
    sizes = sources.LARGEST, sources.LARGEST + 1
    handed_in = [
        {"kind": sources.TABLE, "name": f"{size}.csv", "url": "https://x", "size": size}
        for size in sizes
    ]
    with database.begin() as session:
        shown = card()
        session.add(shown)
        session.flush()
        keys = {"by": "U0ALICE", "via": "file", "state": READING, "created_at": NOON}
        imported = Import(card_id=shown.id, sources=handed_in, **keys)
        session.add(imported)
        session.flush()
        return {"import": imported.id, "source": 0, "quiet": False}


def imported(database: Database, payload: dict[str, Any]) -> Import:
    with database.reading() as session:
        return session.get_one(Import, payload["import"])


def test_a_file_of_the_largest_size_is_fetched_and_a_larger_one_is_not(
    job: ReadSourceJob, database: Database, payload: dict[str, Any], fetched: Fetched
) -> None:
    for source in (0, 1):
        record = job.do({**payload, "source": source})
        with database.begin() as session:
            record(session, NOON)

    assert fetched.names == [f"{sources.LARGEST}.csv"]
    read = imported(database, payload)
    assert (read.state, read.done) == (READ, 2)
    assert sources.too_large() in str(read.shown)


def test_a_job_that_comes_twice_reads_nothing_more(
    job: ReadSourceJob, database: Database, payload: dict[str, Any], fetched: Fetched
) -> None:
    with database.begin() as session:
        job.do(payload)(session, NOON)
    fetched.names.clear()

    for record in (job.do(payload), job.give_up(payload, "it took too long")):
        with database.begin() as session:
            record(session, NOON)

    assert (fetched.names, imported(database, payload).done) == ([], 1)


def test_a_file_that_is_given_up_is_told_with_its_reason_and_the_others_are_read(
    job: ReadSourceJob, database: Database, payload: dict[str, Any]
) -> None:
    with database.begin() as session:
        job.give_up(payload, "it took too long")(session, NOON)
    with database.begin() as session:
        job.do({**payload, "source": 1})(session, NOON)

    read = imported(database, payload)
    assert (read.state, read.done) == (READ, 2)
    assert "it took too long" in str(read.shown)
