"""An admin who edits a manifest at the very moment at which Rollcall changes it."""

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage import ChangeNote, FolderStore, Stored
from tests.support.fixtures.repo import LONDON, MAC
from tests.support.inputs.manifests import includes_of


class Edited(FolderStore):
    """A repo in which an admin edits a file each time before it is replaced."""

    def __init__(self, root: Path, edit: Callable[[], None]) -> None:
        super().__init__(root)
        self._edit = edit

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Let the admin be first."""
        self._edit()
        super().replace(name, content, over=over, note=note)


def test_what_an_admin_changes_meanwhile_is_kept(repo_folder: Path, manifests: Path) -> None:
    path, edits = manifests / MAC.text, iter(["once", "twice"])

    def edit() -> None:
        if note := next(edits, None):
            path.write_bytes(plistlib.dumps({"notes": note, "catalogs": ["testing"]}))

    MunkiRepo(Edited(repo_folder, edit)).now().assign(MAC, LONDON)

    written = plistlib.loads(path.read_bytes())
    assert (written["notes"], written["catalogs"]) == ("twice", ["testing"])
    assert written["included_manifests"] == includes_of(LONDON)


def test_one_that_an_admin_removes_meanwhile_is_made_anew(
    repo_folder: Path, manifests: Path
) -> None:
    path = manifests / MAC.text
    path.write_bytes(plistlib.dumps({"notes": "gone"}))

    MunkiRepo(Edited(repo_folder, lambda: path.unlink(missing_ok=True))).now().assign(MAC, LONDON)

    assert "notes" not in plistlib.loads(path.read_bytes())


def test_who_never_stops_editing_wins(repo_folder: Path, manifests: Path) -> None:
    path, count = manifests / MAC.text, iter(range(1000))

    def edit() -> None:
        path.write_bytes(plistlib.dumps({"notes": f"{next(count)} edits"}))

    with pytest.raises(RepoUnusable, match="others change it too"):
        MunkiRepo(Edited(repo_folder, edit)).now().assign(MAC, LONDON)

    assert plistlib.loads(path.read_bytes()) == {"notes": f"{next(count) - 1} edits"}
    assert not list(manifests.glob(f".{MAC}*")), "nothing is left beside it"
