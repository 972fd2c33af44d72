"""What Macs say of themselves, on its way into their registrations."""

from datetime import UTC, datetime

import structlog
from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from infrastructure.retry import AT_ONCE, retry
from provisioning.firstboot import reports
from provisioning.firstboot.reports import Report
from provisioning.registrations.errors import RegistrationChanged

log = structlog.get_logger()

ATTEMPTS = 3  # at a registration that somebody else changes meanwhile


class ReportRecorder:
    """Notes reports: one read for each, and a write that is shared with what comes meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, report: Report) -> None:
        """Note what a Mac said; nothing where nobody registered it, or where it is no news.

        Raises RegistrationChanged where the registration keeps changing.
        """
        retry(lambda: self._note(report), RegistrationChanged, pauses=AT_ONCE * (ATTEMPTS - 1))

    def _note(self, report: Report) -> None:
        with self._database.reading() as session:
            known = reports.known(session, report.serial)
        if known is None:
            log.info("report of a Mac that nobody registered", status=report.status)
            return
        bind_contextvars(registration=known.id)
        change = reports.change(known, report, datetime.now(UTC))
        if change is not None:
            self._database.together(lambda session: reports.record(session, change))
