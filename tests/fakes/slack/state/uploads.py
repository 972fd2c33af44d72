"""Uploads by the app that are under way: announced, received, not yet completed."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from tests.fakes.slack.state.files import new_file_id
from tests.fakes.slack.web.wire import Refused


@dataclass
class Upload:
    """One announced file. `content` is None until its bytes have come."""

    file_id: str
    path: str
    name: str
    length: int
    alt_text: str
    content: bytes | None = None


class Uploads:
    """The first two steps of three (docs.slack.dev, files.getUploadURLExternal)."""

    def __init__(self) -> None:
        self.host = ""
        """The origin of the host that takes the bytes, as files.slack.com is; empty: this one."""
        self._open: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, length: int, alt_text: str) -> Upload:
        """Announce a file: gives its id and the path to send its bytes to."""
        file_id = new_file_id()
        path = f"/upload/v1/{secrets.token_urlsafe(24)}"
        upload = Upload(file_id, path, name, length, alt_text)
        with self._lock:
            self._open[file_id] = upload
        return upload

    def receive(self, path: str, content: bytes) -> bool:
        """Take the bytes. False where they were not announced, or their number was another."""
        with self._lock:
            for upload in self._open.values():
                if upload.path == path and upload.content is None:
                    fits = len(content) == upload.length
                    upload.content = content if fits else None
                    return fits
        return False

    def take(self, file_ids: list[str]) -> list[Upload]:
        """Finish these. Raises Refused if one was not announced, not sent, or finished before."""
        with self._lock:
            received = [self._open.get(file_id) for file_id in file_ids]
            taken = [each for each in received if each and each.content is not None]
            if len(taken) != len(file_ids):
                raise Refused("file_not_found")
            for file_id in file_ids:
                self._open.pop(file_id, None)
        return taken
