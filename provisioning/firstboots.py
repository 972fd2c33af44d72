"""A Mac's first boot, from the call of its script to the recorded confirmation."""

from datetime import UTC, datetime, timedelta

from structlog.contextvars import bind_contextvars

from provisioning import arrivals, progress
from provisioning.database import Database
from provisioning.errors import (
    ManifestUnreadable,
    MissingInclude,
    NotRegistered,
    RegistrationChanged,
)
from provisioning.hearings import Hearing
from provisioning.munki import MunkiRepo
from provisioning.progress import Plan, Said
from provisioning.reports import ERROR, Report
from provisioning.serials import Serial

ATTEMPTS = 5  # at a Mac whose registration keeps changing meanwhile


class FirstBoot:
    """Writes manifests and records them: the file first, the commit second.

    A crash between the two is healed by the script, which calls again until it is answered.
    Writing inside the transaction would make every other writer wait for a disk or a mount.
    `channel` hears of it; a call less than `quiet` after its own confirmation is no news.
    """

    def __init__(
        self, database: Database, repo: MunkiRepo, *, channel: str, quiet: timedelta
    ) -> None:
        self._database = database
        self._repo = repo
        self._channel = channel
        self._quiet = quiet
        self._hearing = Hearing(database)

    def finish(self, serial: Serial, said: Said | None) -> None:
        """See to it that the Mac's manifest is written and the channel will hear of it.

        A Mac that nobody registered may be taken by an open bench, and goes on at once; otherwise
        the channel is asked where it goes. Safe to repeat. Raises what `progress.plan` and
        `MunkiRepo.assign` raise, and RegistrationChanged where people keep changing their minds
        meanwhile.
        A Mac whose manifest cannot be written has failed, until it can.
        """
        try:
            self._finish(serial, said)
        except (ManifestUnreadable, MissingInclude) as error:
            self._hearing.note(Report.parse(serial.text, ERROR, str(error)))
            raise

    def _finish(self, serial: Serial, said: Said | None) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                plan = self._plan(serial, said)
                if not self._is_finished(plan):
                    self._bring_in(plan)
            except RegistrationChanged:
                if attempt == ATTEMPTS:
                    raise
            except NotRegistered:
                if attempt == ATTEMPTS or not self._is_placed(serial):
                    raise
            else:
                return

    def _is_finished(self, plan: Plan) -> bool:
        """Whether this is only a Mac that asks again: most calls, and they wait for nobody."""
        if plan.is_new(datetime.now(UTC), self._quiet):
            return False
        return self._repo.kept(plan.serial, plan.destination) is not None

    def _bring_in(self, plan: Plan) -> None:
        """Write the manifest and record it; `plan` is found to be outdated when it is recorded."""
        with self._repo.holding(plan.serial):
            written = self._repo.assign(plan.serial, plan.destination, plan.why)
            at = datetime.now(UTC)
            if written.changed or plan.is_new(at, self._quiet):
                registration = self._database.together(
                    lambda session: progress.confirm(
                        session, plan, written, channel=self._channel, at=at
                    )
                )
                bind_contextvars(registration=registration)

    def _is_placed(self, serial: Serial) -> bool:
        """Whether somebody has said after all where an unknown Mac goes."""
        at = datetime.now(UTC)
        with self._database.reading() as session:
            if arrivals.is_awaited(session, serial, at):
                return False
        with self._database.begin() as session:
            return arrivals.place(session, serial, channel=self._channel, at=at)

    def _plan(self, serial: Serial, said: Said | None) -> Plan:
        with self._database.reading() as session:
            plan = progress.plan(session, self._repo, serial, said)
        bind_contextvars(registration=plan.known.id if plan.known else None)
        return plan
