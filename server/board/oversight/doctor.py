"""The route of the doctor: what is to be fixed, and how; for admins."""

from collections.abc import Iterator
from threading import Lock

from flask import Response, request

from infrastructure.findings import Finding, shortened
from infrastructure.text import Sentence
from provisioning.diagnostics import RecentFindings, absences, backlog_findings, policy_findings
from server.board.views import BoardPages, BoardParts, get

SEEING = Sentence("see what is to be fixed")


class DoctorPages(BoardPages):
    """The view of the doctor.

    The slow examinations are made on request, one at a time: a request holds a thread that Macs
    need, too.
    """

    def __init__(self, parts: BoardParts) -> None:
        super().__init__(parts)
        self._examination = self._dependencies.examination
        self._recent = RecentFindings(self._examination)
        self._looking = Lock()

    @get("/doctor")
    def doctor(self) -> Response:
        """The findings of the doctor, with their fixes, for admins.

        With the field `whole` also what takes seconds: the repo, the templates, the addresses.
        """
        self._visitor.permit_admin(SEEING)
        is_whole, is_busy = "whole" in request.args, False
        findings = list(self._at_once())
        if is_whole:
            is_busy = not self._looking.acquire(blocking=False)
        if is_whole and not is_busy:
            try:
                findings = [*self._recent.findings(), *findings]
            finally:
                self._looking.release()
        lines = list(shortened(tuple(dict.fromkeys(findings))))
        return self._show(
            "oversight/doctor.html", lines=lines, is_whole=is_whole and not is_busy, is_busy=is_busy
        )

    def _at_once(self) -> Iterator[Finding]:
        examination, now = self._examination, self._clock()
        file = examination.policy_file
        if file is not None:
            yield from policy_findings(file, examination.repo)
        with self._database.reading() as session:
            policy = file.policy if file else None
            yield from backlog_findings(session, now, examination.command, policy)
            yield from absences(session)
