"""Network mounts, on which a database file must not lie, as the system's table has them."""

from pathlib import Path

from infrastructure.filesystem.mounts import network_of
from tests.support.tables import for_each


@for_each(
    ("mounts", "kind"),
    [
        ("/dev/sda1 / ext4 rw 0 0\nnas:/it {} nfs4 rw,hard 0 0", "nfs4"),
        ("nas:/it / nfs4 rw 0 0\n//nas/it {} cifs rw 0 0", "cifs"),
        ("nas:/it / nfs4 rw 0 0\n/dev/sdb1 {} ext4 rw 0 0", None),
        ("//nas/it {} cifs rw 0 0\n/dev/sda1 / ext4 rw 0 0", "cifs"),
        ("nas:/root / nfs4 rw 0 0", "nfs4"),
        ("nas:/b\u00fcro\u00a0it\u2028x {} nfs4 rw 0 0", "nfs4"),
        ("nas:/it {}/elsewhere nfs4 rw 0 0\nnas:/it {}x nfs4 rw 0 0", None),
    ],
)
def test_a_file_lies_on_the_mount_of_the_nearest_folder(
    mounts: str, kind: str | None, tmp_path: Path
) -> None:
    folder, table = tmp_path / "a share\u00a0of it", tmp_path / "mounts"
    folder.mkdir(exist_ok=True)
    table.write_text(mounts.replace("{}", str(folder).replace(" ", r"\040")) + "\n")

    assert network_of(f"{folder}/rollcall.sqlite3", table) == kind


def test_a_network_mount_is_found_behind_a_link_and_where_an_automounter_mounts_it(
    tmp_path: Path,
) -> None:
    share, link, table = tmp_path / "share", tmp_path / "data", tmp_path / "mounts"
    share.mkdir()
    link.symlink_to(share)
    mounts = ("/dev/sda1 / ext4", f"systemd-1 {share} autofs", f"//nas/it {share} cifs")
    table.write_text("".join(f"{mount} rw 0 0\n" for mount in mounts))

    assert network_of(f"{link}/rollcall.sqlite3", table) == "cifs"
