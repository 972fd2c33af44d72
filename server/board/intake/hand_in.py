"""The routes by which people hand Macs in: a form, and single files that a script sends ahead."""

from hashlib import sha256
from secrets import token_urlsafe
from typing import BinaryIO, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage

from infrastructure.text import readable, whole_number
from provisioning.imports import sources
from provisioning.imports.lifecycle import LONGEST_NOTE, Submission
from provisioning.imports.sources import TooManyFiles
from provisioning.maintenance.acts import intake
from provisioning.maintenance.acts.import_rights import BOARD
from server.board.intake.views import IntakePages
from server.board.pages import see_other
from server.board.views import get, post

PATH = "/hand-in"
LONGEST_NAME = 200  # characters of a file's
FILES, PHOTOS, SENT = "files", "photos", "sent"  # the fields of the form


class HandInPages(IntakePages):
    """The views of handing in Macs. Files are stored as they are: another process reads them."""

    @get(PATH)
    def form(self) -> Response:
        """The form to hand Macs in: a list, files, photos, and where they go."""
        self._check_may_hand_in()
        repo = self._repo.now()
        return self._show(
            "intake/hand_in.html",
            once=token_urlsafe(16),
            sites=repo.sites(),
            builds=repo.builds(),
            endings=",".join(sources.ENDINGS),
            most=sources.MAX_FILES,
            largest=sources.LARGEST,
            longest_note=LONGEST_NOTE,
        )

    @post(PATH)
    def hand_in(self) -> Response:
        """Have a list, files and photos read, once for a form; their page follows."""
        visitor = self._visitor
        self._check_may_hand_in()
        form = request.form
        by = visitor.actor.by
        submission = Submission(
            by,
            BOARD,
            self._clock(),
            site=form.get("site", "") or None,
            build=form.get("build", "") or None,
            note=readable(form.get("note", ""), LONGEST_NOTE),
            once=_once(by),
        )
        sent = map(whole_number, form.getlist(SENT))
        numbers = [number for number in sent if number is not None]
        files = _files(FILES, PHOTOS)
        if len(numbers) + len(files) > sources.MAX_FILES:
            raise TooManyFiles(len(numbers) + len(files))
        numbers += self._keep(files, by)
        import_id = self._intake.hand_in(self._database, form.get("text", ""), numbers, submission)
        return see_other(f"/board/imports/{import_id}")

    @post(f"{PATH}/files")
    def keep_files(self) -> Response:
        """Keep a file until its form is handed in: a script sends one after the other."""
        visitor = self._visitor
        self._check_may_hand_in()
        numbers = self._keep(_files(FILES)[:1], visitor.actor.by)
        return Response(" ".join(map(str, numbers)), content_type="text/plain; charset=utf-8")

    def _keep(self, files: list[FileStorage], by: str) -> list[int]:
        database, at = self._database, self._clock()
        return [
            intake.keep_file(database, by, _name(file), cast("BinaryIO", file.stream), at)
            for file in files
        ]


def _once(by: str) -> str | None:
    """The unique key of a form with its content, which is handed in once even if it is sent twice.

    None for one without a nonce. A changed form has another key.
    """
    if not request.form.get("once"):
        return None
    fields = ("once", "text", "site", "build", "note")
    filled = [by, *(request.form.get(name, "") for name in fields), *request.form.getlist(SENT)]
    filled += [file.filename or "" for file in _files(FILES, PHOTOS)]
    return f"{BOARD}:{sha256(repr(filled).encode()).hexdigest()}"


def _files(*fields: str) -> list[FileStorage]:
    """The files of a form; an empty field has one without a name, which is left out."""
    found = (file for field in fields for file in request.files.getlist(field))
    return [file for file in found if file.filename]


def _name(file: FileStorage) -> str:
    """The name of a file for people, without folders; nothing is stored under it."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return readable(name, LONGEST_NAME) or "a file"
