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
from provisioning.munki import Destination, MunkiRepo
from provisioning.progress import Plan, Said
from provisioning.reports import ERROR, Report
from provisioning.serials import Serial
from provisioning.tokens import WHERE_REGISTERED, Bound, Permit
from server.hearing import Hearing

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

    def finish(self, serial: Serial, said: Said | None, permit: Permit | None = None) -> None:
        """See to it that the Mac's manifest is written and the channel will hear of it.

        A Mac that nobody registered may be taken by an open bench, and goes on at once; otherwise
        the channel is asked where it goes. `permit` is what the token of its script allows, None
        where it came with a password. Safe to repeat. Raises what `progress.plan` and
        `MunkiRepo.assign` raise, and RegistrationChanged where people keep changing their minds
        meanwhile.
        A Mac whose manifest cannot be written has failed, until it can.
        """
        try:
            self._finish(serial, said, permit)
        except (ManifestUnreadable, MissingInclude) as error:
            self._hearing.note(Report.parse(serial.text, ERROR, str(error)))
            raise

    def placed(self, serial: Serial) -> tuple[Destination, Bound]:
        """Return where a script that is made for one Mac sends it, and what binds its token."""
        with self._database.reading() as session:
            known = progress.look_up(session, serial)
        if known is None:
            return WHERE_REGISTERED, Bound(serial.key)
        bind_contextvars(registration=known.id)
        return known.destination, Bound(serial.key, known.id)

    def _finish(self, serial: Serial, said: Said | None, permit: Permit | None) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if not self._is_finished(serial, said, permit):
                    self._bring_in(serial, said, permit)
            except RegistrationChanged:
                if attempt == ATTEMPTS:
                    raise
            except NotRegistered:
                if attempt == ATTEMPTS or not self._is_placed(serial):
                    raise
            else:
                return

    def _is_finished(self, serial: Serial, said: Said | None, permit: Permit | None) -> bool:
        """Whether this is only a Mac that asks again: most calls, and they wait for nobody."""
        plan = self._plan(serial, said, permit)
        kept = self._repo.kept(serial, plan.destination)
        return kept is not None and not plan.is_news(kept, datetime.now(UTC), self._quiet)

    def _bring_in(self, serial: Serial, said: Said | None, permit: Permit | None) -> None:
        with self._repo.holding(serial):
            plan = self._plan(serial, said, permit)
            written = self._repo.assign(serial, plan.destination)
            at = datetime.now(UTC)
            if plan.is_news(written, at, self._quiet):
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

    def _plan(self, serial: Serial, said: Said | None, permit: Permit | None) -> Plan:
        with self._database.reading() as session:
            plan = progress.plan(session, self._repo, serial, said, permit)
        bind_contextvars(registration=plan.known.id if plan.known else None)
        return plan
