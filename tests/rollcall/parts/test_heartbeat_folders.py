"""The folder of heartbeats, as processes and probes find it by their environment."""

import tempfile
from pathlib import Path

import pytest

from infrastructure.heartbeats import files
from rollcall.parts import heartbeats


def test_the_folder_that_is_made_in_tmpdir_stays_the_one_when_that_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = heartbeats.folder()
    files.make_private(folder)
    monkeypatch.setattr(tempfile, "tempdir", "/elsewhere")  # as Python takes it then

    assert folder.parent == tmp_path
    assert heartbeats.folder() == folder
