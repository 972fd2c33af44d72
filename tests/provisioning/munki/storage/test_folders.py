"""A store in a folder, where something else than a file may have a manifest's name."""

import os
import socket
from pathlib import Path

import pytest

from provisioning.munki.errors import ManifestUnreadable
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
