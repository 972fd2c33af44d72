"""A Mac's first boot, from the call of its script to the recorded confirmation."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from provisioning.access.tokens import WHERE_REGISTERED, Bound, TokenGrant
from provisioning.firstboot import arrivals, placement, warnings
from provisioning.firstboot.changes_told import Confirmation
from provisioning.firstboot.hearings import ReportRecorder
from provisioning.firstboot.placement import PlacedMac, Requested
from provisioning.firstboot.reports import ERROR, Report
from provisioning.munki import CATALOGS, Destination, MunkiRepo, revisions
from provisioning.munki.errors import ManifestUnreadable, MissingInclude, NotServedYet
from provisioning.policy import PolicyFile
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at a Mac whose registration keeps changing meanwhile


class Mirror(Protocol):
    """The repo as Macs get it."""

    def fault(self, name: str, expected: str) -> str | None:
        """What a Mac would miss that asks for the manifest `name`, of the digest `expected`."""
        ...


class FirstBoot:
    """Writes manifests and records them: the file first, the commit second.

    A crash between the two is healed by the script, which calls again until it is answered.
    Writing inside the transaction would make every other writer wait for a disk or a mount.
    `channel` hears of it, or that of the Mac's site in `policy`; a call less than `quiet` after its
    own confirmation is no news.
    Nothing is confirmed before `mirror`, where there is one, serves it too, or has been given
    `patience` for that. `policy` also says which catalogs a new manifest has.
    """

    def __init__(
        self,
        database: Database,
        repo: MunkiRepo,
        *,
        channel: str,
        quiet: timedelta,
        mirror: Mirror | None = None,
        patience: timedelta = timedelta(0),
        policy: PolicyFile | None = None,
    ) -> None:
        self._database = database
        self._repo = repo
        self._channel = channel
        self._quiet = quiet
        self._mirror = mirror
        self._patience = patience
        self._policy = policy or PolicyFile(None)
        self._hearing = ReportRecorder(database)

    def finish(
        self,
        serial: Serial,
        said: Requested | None,
        permit: TokenGrant | None = None,
        *,
        identifier: str | None = None,
    ) -> None:
        """See to it that the Mac's manifest is written and the channel will hear of it.

        A Mac that nobody registered may be taken by an open bench, and goes on at once; otherwise
        the channel is asked where it goes. `permit` is what the token of its script allows, None
        where it came with a password; `identifier` the ClientIdentifier that Munki has on the Mac,
        where its script says it. Safe to repeat. Raises what `plans.plan` and
        `MunkiRepo.assign` raise, and RegistrationChanged where people keep changing their minds
        meanwhile.
        A Mac whose manifest cannot be written has failed, until it can.
        """
        with self._failing(serial):
            self._finish(serial, said, permit, identifier)

    def identifier(self, serial: Serial) -> str | None:
        """Return what Munki on a Mac is to ask for, where nothing there says it; None: leave it.

        The path of its manifest, as the policy says.
        """
        with self._database.reading() as session:
            known = placement.look_up(session, serial)
        if known is None:
            return None
        to, policy = known.destination, self._policy.policy
        return serial.text if policy.identifies(to.site, to.build, known.called) else None

    def placed(self, serial: Serial) -> tuple[Destination, Bound]:
        """Return where a script that is made for one Mac sends it, and what binds its token."""
        with self._database.reading() as session:
            known = placement.look_up(session, serial)
        if known is None:
            return WHERE_REGISTERED, Bound(serial.key)
        bind_contextvars(registration=known.id)
        return known.destination, Bound(serial.key, known.id)

    def prestage(self, serial: Serial) -> None:
        """The same for a registered Mac that has not booted yet. Asks nobody where it goes.

        Raises NotRegistered, RegistrationChanged and what `finish` raises.
        """
        with self._failing(serial):
            plan = self._plan(serial, None)
            if not self._is_finished(plan):
                self._bring_in(plan, before_boot=True)

    @contextmanager
    def _failing(self, serial: Serial) -> Iterator[None]:
        """Note that a Mac has failed whose manifest cannot be written."""
        try:
            yield
        except (ManifestUnreadable, MissingInclude) as error:
            self._hearing.note(Report.parse(serial.text, ERROR, str(error)))
            raise

    def _finish(
        self,
        serial: Serial,
        said: Requested | None,
        permit: TokenGrant | None,
        identifier: str | None,
    ) -> None:
        again = partial(self._plan, serial, said, permit)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                plan = self._plan(serial, said, permit)
                if not self._is_finished(plan):
                    self._bring_in(plan, identifier=identifier, anew=attempt > 1 and again)
            except RegistrationChanged:
                if attempt == ATTEMPTS:
                    raise
            except NotRegistered:
                if attempt == ATTEMPTS or not arrivals.is_placed(
                    self._database, serial, channel=self._channel
                ):
                    raise
            else:
                return

    def _is_finished(self, plan: PlacedMac) -> bool:
        """Whether this is only a Mac that asks again: most calls, and they wait for nobody."""
        if plan.is_new(datetime.now(UTC), self._quiet):
            return False
        return self._repo.kept(plan.serial, plan.destination, self._catalogs(plan)) is not None

    def _catalogs(self, plan: PlacedMac) -> Sequence[str]:
        """What a manifest without catalogs gets."""
        return self._policy.policy.build(plan.destination.build).catalogs or CATALOGS

    def _bring_in(
        self,
        plan: PlacedMac,
        *,
        before_boot: bool = False,
        identifier: str | None = None,
        anew: Callable[[], PlacedMac] | Literal[False] = False,
    ) -> None:
        """Write the manifest and record it; `plan` is found to be outdated when it is recorded.

        Seldom: so only then it is made `anew`, once no other call for this Mac can be first.
        """
        with self._repo.holding(plan.serial):
            plan = anew() if anew else plan
            written = self._repo.assign(
                plan.serial, plan.destination, self._catalogs(plan), why=plan.why
            )
            at = datetime.now(UTC)
            if written.changed or plan.is_new(at, self._quiet):
                change = Confirmation(plan, written, at)
                also = {"warning": self._missed(change), "before_boot": before_boot}
                told = [*self._unnamed(plan), *warnings.of_identifier(plan.serial, identifier)]
                channel = self._policy.policy.channel_for(plan.destination.site, self._channel)
                registration = self._database.together(
                    lambda session: change.confirm(session, channel, also, told)
                )
                bind_contextvars(registration=registration)

    def _unnamed(self, plan: PlacedMac) -> list[str]:
        """Why the Mac of a plan is not given its name."""
        if plan.known is None or plan.known.called is None:
            return []
        with self._database.reading() as session:
            return list(warnings.of_name(session, self._repo, plan))

    def _missed(self, change: Confirmation) -> str | None:
        """What a Mac would still not get by HTTP, long after it was written; None for nothing.

        Raises NotServedYet before that.
        """
        if self._mirror is None:
            return None
        fault = self._mirror.fault(change.plan.serial.text, change.written.digest)
        if fault is None:
            return None
        with self._database.reading() as session:
            since = revisions.last_change(session, change.plan.serial.text)
        written_at = change.at if change.written.changed else since
        if written_at is None or change.at - written_at >= self._patience:
            return fault
        self._database.together(change.record)  # the next call finds nothing to change
        raise NotServedYet(change.plan.serial.text, fault)

    def _plan(
        self, serial: Serial, said: Requested | None, permit: TokenGrant | None = None
    ) -> PlacedMac:
        with self._database.reading() as session:
            plan = placement.plan(session, self._repo, serial, said, permit)
        bind_contextvars(registration=plan.known.id if plan.known else None)
        return plan
