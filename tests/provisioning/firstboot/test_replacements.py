"""Replacements that several people ask for at once, and those in a repo in git."""

import plistlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning import munki
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.manifests import ReplacedManifests
from provisioning.firstboot.replacements.models import BOARD, MAC, Replacement
from provisioning.firstboot.replacements.replacing import NotReplaceable, ReplacementRequest
from provisioning.munki import ChangeNote, MunkiRepo
from provisioning.munki.storage import Stored
from provisioning.munki.storage.folder import FolderStore
from provisioning.registrations import operations, queries
from provisioning.registrations.models import Registration
from provisioning.registrations.operations import NotUndoable
from provisioning.values.serials import Serial
from tests.fakes.git.remote import Remote
from tests.support import acting
from tests.support.acting import did
from tests.support.soaking import soak_only

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at_once(database: Database, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Replace the first of each pair by the second, all at once; returns the refusals."""
    barrier, refusals = threading.Barrier(len(pairs)), list[str]()

    def ask(old: str, new: str) -> None:
        barrier.wait()
        try:
            with database.begin() as session:
                request = ReplacementRequest(Serial(old), Serial(new), BOARD, False, 1)
                replacing.replace(session, request, None, did(session, "replaced", by="U0ALICE"))
        except NotReplaceable as error:
            refusals.append(str(error))

    threads = [threading.Thread(target=ask, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_a_mac_that_is_registered_again_while_it_is_being_replaced_is_refused_with_the_reason(
    database: Database,
) -> None:
    acting.register(database, "C02AAA", by="U0ALICE")
    assert at_once(database, [("C02AAA", "C02NEW")]) == []
    acting.register(database, "C02AAA", by="U0ALICE")

    with database.reading() as session, pytest.raises(NotReplaceable) as refusal:
        replacing.check(session, Serial("C02AAA"), Serial("C02CCC"))

    assert "C02AAA was replaced by C02NEW" in str(refusal.value)


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize(
    "pairs",
    [
        [("C02AAA", f"C02NEW{number}") for number in range(4)],
        [("C02AAA", "C02NEW"), ("C02BBB", "C02NEW"), ("C02CCC", "C02NEW")],
    ],
    ids=["one-old", "one-new"],
)
def test_of_people_who_ask_at_once_one_is_served_and_the_others_are_told(
    database: Database, pairs: Sequence[tuple[str, str]]
) -> None:
    acting.register(database, *sorted({old for old, _ in pairs}), at=NOON)

    refusals = at_once(database, pairs)

    assert len(refusals) == len(pairs) - 1
    with database.reading() as session:
        (replacement,) = session.scalars(select(Replacement)).all()
        serials = set(session.scalars(select(Registration.serial)))
    assert replacement.new in serials
    assert replacement.old not in serials


def replaced(database: Database) -> tuple[int, int]:
    """Register a Mac and have another take its place; returns the act and the replacement."""
    acting.register(database, "C02AAA")
    with database.begin() as session:
        request = ReplacementRequest(Serial("C02AAA"), Serial("C02BBB"), MAC, False, 1)
        act = did(session, "replaced", by="U0ALICE")
        return act.id, replacing.replace(session, request, None, act).id


def test_a_swap_is_silent_once_it_is_older_than_the_moment_that_is_asked_for(
    database: Database,
) -> None:
    acting.register(database, "C02AAA")
    with database.begin() as session:
        request = ReplacementRequest(Serial("C02AAA"), Serial("C02BBB"), BOARD, False, 1)
        swap = replacing.replace(session, request, None, did(session, "replaced", by="U0ALICE"))

        assert replacing.unheard(session, before=swap.at) == []
        assert replacing.unheard(session, before=swap.at + timedelta(microseconds=1)) == [swap]


def undo(database: Database, act_id: int) -> None:
    """Take the replacement back, as the button does."""
    with database.begin() as session:
        undoing = did(session, "undone", by="U0ALICE")
        operation = operations.begin_undo(session, act_id, undoing)
        result = operations.undo(session, operation, undoing)
        replacing.take_back(session, operation, result.restored)


def replace_again(database: Database, old: str, new: str) -> int:
    """Register a Mac again, and have another take its place; returns the act."""
    acting.register(database, old)
    with database.begin() as session:
        request = ReplacementRequest(Serial(old), Serial(new), MAC, False, 1)
        act = did(session, "replaced", by="U0ALICE")
        replacing.replace(session, request, None, act)
        return act.id


def end_all(database: Database) -> None:
    """Record that nothing is left to be done for any replacement."""
    with database.begin() as session:
        session.execute(update(Replacement).values(ended_at=NOON))


@pytest.mark.postgresql
def test_a_replacement_is_not_undone_while_its_former_mac_is_replaced_again(
    database: Database,
) -> None:
    first, _ = replaced(database)
    end_all(database)
    second = replace_again(database, "C02AAA", "C02CCC")

    with pytest.raises(NotUndoable, match="C02AAA was replaced again since, by C02CCC"):
        undo(database, first)
    undo(database, second)
    acting.cancel_now(database, "C02AAA")
    with pytest.raises(NotUndoable, match="is not done yet; try again"):
        undo(database, first)
    end_all(database)
    undo(database, first)

    with database.reading() as session:
        assert queries.is_open(session, Serial("C02AAA"))
        assert not queries.is_open(session, Serial("C02BBB"))


@pytest.mark.postgresql
def test_a_mac_registered_anew_is_not_replaced_before_the_undo_of_its_replacement_is_done(
    database: Database,
) -> None:
    act, _ = replaced(database)
    undo(database, act)
    acting.cancel_now(database, "C02AAA")

    with pytest.raises(NotReplaceable, match="is not done yet; try again"):
        replace_again(database, "C02AAA", "C02CCC")


class _Interrupted(FolderStore):
    """A folder in which something else happens just after one of these methods is called.

    With "holding" it happens just before the former manifest is locked.
    """

    def __init__(self, folder: Path, method: str, interrupt: Callable[[], None]) -> None:
        super().__init__(folder)
        self._method, self._interrupt = method, interrupt

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        super().replace(name, content, over=over, note=note)
        self._tell("replace")

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        super().remove(name, over=over, note=note)
        self._tell("remove")

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        if name == "manifests/C02AAA":
            self._tell("holding")
        with super().holding(name):
            yield

    def _tell(self, method: str) -> None:
        if method == self._method:
            self._method = ""
            self._interrupt()


@pytest.mark.parametrize("method", ["replace", "remove", "holding"])
def test_an_undo_while_the_job_is_done_takes_back_what_it_did(
    database: Database, repo_folder: Path, method: str
) -> None:
    former, other = (repo_folder / "manifests" / name for name in ("C02AAA", "C02BBB"))
    former.write_bytes(content := plistlib.dumps({"catalogs": ["production"]}))
    act_id, replacement_id = replaced(database)

    def interrupt() -> None:
        undo(database, act_id)
        if method == "holding":  # another runner is through with the job of the undo by then
            ReplacedManifests(database, MunkiRepo(FolderStore(repo_folder))).settle(replacement_id)

    manifests = ReplacedManifests(database, MunkiRepo(_Interrupted(repo_folder, method, interrupt)))

    manifests.settle(replacement_id)
    manifests.settle(replacement_id)  # the job of the undo

    assert former.read_bytes() == content
    assert not other.exists()


@soak_only("test_carrying_over has such commits, and the tests above each step and its undo")
def test_in_git_each_step_is_a_commit_of_the_person_and_can_be_undone(
    database: Database, remote: Remote, tmp_path: Path
) -> None:
    former = plistlib.dumps({"catalogs": ["production"], "notes": "its own"})
    remote.edit({"manifests/C02AAA": former})
    repo = munki.opened(remote.url, tmp_path / "copy")
    manifests = ReplacedManifests(database, repo)
    act_id, replacement_id = replaced(database)

    manifests.settle(replacement_id)

    assert remote.read("manifests/C02BBB") == former
    assert remote.read("manifests/C02AAA") is None
    assert remote.log("%s|%an")[1] == "C02AAA → C02BBB: replaced by U0ALICE|U0ALICE"
    undo(database, act_id)
    manifests.settle(replacement_id)
    assert remote.read("manifests/C02BBB") is None
    assert remote.read("manifests/C02AAA") == former
