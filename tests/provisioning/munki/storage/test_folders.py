"""A store in a folder, where something else than a file may have a manifest's name."""

import os
import socket
import sys
from pathlib import Path

import pytest

from infrastructure.execution.patience import Patience
from provisioning.munki import ChangeNote
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage import FolderStore


def test_a_pipe_in_place_of_a_manifest_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    os.mkfifo(tmp_path / "manifests" / "C02PIPE")

    with pytest.raises(ManifestUnreadable, match="it is a pipe or a device, not a file"):
        FolderStore(tmp_path).read("manifests/C02PIPE")


def test_a_socket_in_place_of_a_manifest_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "manifests" / "C02SOCK"))

        with pytest.raises(ManifestUnreadable, match="it is a pipe or a device, not a file"):
            FolderStore(tmp_path).read("manifests/C02SOCK")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_a_file_whose_size_its_system_does_not_say_is_read_whole() -> None:
    """Those of /proc have 0 bytes, as have some of a mount that another machine writes to."""
    stored = FolderStore(Path("/proc/self")).read("status")

    assert stored is not None
    assert stored.content.startswith(b"Name:")
    assert b"\nThreads:" in stored.content


def test_nothing_lies_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "site_default").write_bytes(b"one")
    store = FolderStore(tmp_path)

    assert store.read("manifests/site_default/x") is None
    for name in ("site_default/x", "site_default/x/y"):
        with pytest.raises(ManifestUnreadable, match="is a file, and nothing lies below one"):
            store.replace(f"manifests/{name}", b"two", over=None, note=ChangeNote("test"))
    assert store.read("manifests/site_default").content == b"one"  # type: ignore[union-attr]


def test_a_lock_that_somebody_else_keeps_is_given_up_with_its_name(tmp_path: Path) -> None:
    """As by a machine that died with it on an NFS mount: all threads would wait for it in turn."""
    (tmp_path / "manifests").mkdir()
    other, store = FolderStore(tmp_path), FolderStore(tmp_path, patience=Patience(0.01))

    with (
        other.holding("manifests/C02XG0FDJGH5"),
        pytest.raises(RepoUnusable, match=r"not let go of it: .*/\.rollcall-locks/\d\d.*fuser"),
        store.holding("manifests/C02XG0FDJGH5"),
    ):
        pass


def test_what_lies_in_hundreds_of_nested_folders_is_found_in_little_time(tmp_path: Path) -> None:
    """With a look at all folders above each it would take more than a test may."""
    deep = "/".join("a" * 400)
    folder = tmp_path / "manifests" / deep
    folder.mkdir(parents=True)
    (folder / "C02DEEP").touch()

    assert list(FolderStore(tmp_path).walk("manifests")) == [f"{deep}/C02DEEP"]
    (folder / "C02DEEP").unlink()
    os.removedirs(folder)  # pytest would open all of them at once


def test_a_reader_reads_what_lies_on_hundreds_of_nested_levels_in_little_time(
    tmp_path: Path,
) -> None:
    """With a look for links at each step to each file it would take more than a test may."""
    deep = "/".join("a" * 400)
    folder = tmp_path / "manifests" / deep
    folder.mkdir(parents=True)
    levels = ["manifests", *(f"manifests/{deep[:end]}" for end in range(1, len(deep) + 1, 2))]
    for level in levels:
        Path(tmp_path, level, "C02DEEP").touch()

    found = list(map(FolderStore(tmp_path).reader(), [f"{level}/C02DEEP" for level in levels]))

    assert [stored and stored.content for stored in found] == [b""] * 401
    for level in levels:
        Path(tmp_path, level, "C02DEEP").unlink()
    os.removedirs(folder)


def test_a_reader_follows_no_link_out_of_the_repo_beside_a_folder_that_it_knows(
    tmp_path: Path,
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/C02OUT").write_bytes(b"not ours")
    places = tmp_path / "repo/manifests/places"
    places.mkdir(parents=True)
    (places / "C02IN").write_bytes(b"ours")
    (places / "there").symlink_to(tmp_path / "outside")
    (places / "C02LINK").symlink_to(tmp_path / "outside/C02OUT")
    read = FolderStore(tmp_path / "repo").reader()

    assert read("manifests/places/C02IN") is not None
    for name in ("there/C02OUT", "C02LINK", "there/C02OUT"):
        with pytest.raises(ManifestUnreadable, match="out of the repo"):
            read(f"manifests/places/{name}")
