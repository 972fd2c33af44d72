"""A folder of another user, in which root makes files that the other has to open later."""

import os
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from infrastructure.filesystem import atomic, owners
from infrastructure.filesystem.locks import named_lock

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="root makes the files of other users")
USER, GROUP = 1234, 2345


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the service's user."""
    os.chown(tmp_path, USER, GROUP)
    return tmp_path


def test_the_service_can_open_what_a_command_of_root_made(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/rollcall.sqlite3")
    with database.begin() as session:
        session.connection().exec_driver_sql("CREATE TABLE macs (serial TEXT)")
    database.close()
    with named_lock(f"{folder}/.rollcall-locks", "C02XG0FDJGH5"):
        pass
    atomic.Folder(str(folder)).replace("C02XG0FDJGH5", b"a new manifest")

    made = [path for path in folder.rglob("*") if path.name != "rollcall.sqlite3-shm"]
    assert len(made) > 5
    assert {path: owner_of(path) for path in made} == dict.fromkeys(made, (USER, GROUP))


def test_what_was_there_and_what_root_has_in_its_own_folder_stay_with_root(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    there, own = folder / "there", tmp_path_factory.mktemp("own")
    there.touch()
    (folder / "link").symlink_to(own / "elsewhere")

    for path in (there, folder / "link", own / "lock"):
        os.close(owners.opened(str(path), os.O_RDWR | os.O_CREAT, 0o600))

    assert [owner_of(path) for path in (there, own / "elsewhere", own / "lock")] == [(0, 0)] * 3


def owner_of(path: Path) -> tuple[int, int]:
    """The user and the group of a file."""
    status = path.lstat()
    return status.st_uid, status.st_gid
