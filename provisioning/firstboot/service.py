"""The service for first boots: from the call of a Mac's script to the recorded confirmation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from provisioning.access.tokens import WHERE_REGISTERED, BoundMac, TokenGrant
from provisioning.firstboot import manifest_cautions, placement
from provisioning.firstboot.confirmation import Confirmation, FirstBootCount, PublishedManifests
from provisioning.firstboot.decisions import two_of_a_kind
from provisioning.firstboot.placement import PlacedMac, Requested
from provisioning.firstboot.replacements.manifests import ReplacedManifests
from provisioning.firstboot.reports import ERROR, Report, ReportRecorder
from provisioning.munki import Destination, MunkiRepo, RepoView, revisions
from provisioning.munki.errors import (
    BadInclude,
    LayoutChanged,
    ManifestUnreadable,
    NotServedYet,
    SerialMeansSomething,
)
from provisioning.munki.layout.ownership import TwoOfAKind
from provisioning.munki.manifests.writing import ManifestChanged
from provisioning.policy import PolicyFile
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at a Mac whose registration changes while its manifest is written

# Errors for which a Mac is marked as failed: people have to do something.
_FAILURES = (BadInclude, LayoutChanged, ManifestUnreadable, SerialMeansSomething, TwoOfAKind)


@dataclass(frozen=True, slots=True)
class ManifestCall:
    """A call of the script of the Mac `serial` for its manifest.

    `grant` holds the rights of the script's token, None where it came with a password;
    `identifier` is the ClientIdentifier that Munki has on the Mac, where its script sends it.
    """

    serial: Serial
    requested: Requested | None = None
    grant: TokenGrant | None = None
    identifier: str | None = None


class FirstBootService:
    """The service that writes manifests and records them: the file first, the commit second.

    A crash between the two is healed by the script, which repeats its call until it is answered.
    Writing inside the transaction would make every other writer wait for a disk or a mount.
    Messages go to the channel of the Mac's site in `policy`, to `channel` where it has none; a call
    less than `suppress_window` after its own confirmation sends none. Nothing is confirmed before
    `published`, where there is one, serves the manifest, or `published_timeout` has passed.
    `policy` also names the catalogs of a new manifest. `count` gets what is recorded.
    """

    def __init__(
        self,
        database: Database,
        repo: MunkiRepo,
        *,
        channel: str,
        suppress_window: timedelta,
        published: PublishedManifests | None = None,
        published_timeout: timedelta = timedelta(0),
        policy: PolicyFile | None = None,
        count: FirstBootCount | None = None,
    ) -> None:
        self._database = database
        self._repo = repo
        self._channel = channel
        self._suppress_window = suppress_window
        self._published = published
        self._published_timeout = published_timeout
        self._policy = policy or PolicyFile(None)
        self._count = count
        self._reports = ReportRecorder(database)
        self._replaced = ReplacedManifests(database, repo)

    def provision(self, call: ManifestCall, repo: RepoView) -> str | None:
        """Write the Mac's manifest, confirm its registration and enqueue the message.

        Returns the ClientIdentifier to set where the Mac has none, which is the path of its
        manifest; None to set none, and for a script that sends none. The policy decides this,
        unless Munki finds the manifest by its path alone.

        An unknown Mac may be taken by an open bench, and goes on at once; otherwise the channel is
        asked for its destination. `repo` is as the caller saw it. Safe to repeat.
        Raises what `placement.place` and `MunkiRepo.assign` raise, and RegistrationChanged where
        the registration still changes after ATTEMPTS. A Mac whose manifest cannot be written is
        marked as failed, until it can.
        """
        serial = call.serial
        with self._failing(serial):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    mac = self._attempt(repo, attempt, call)
                except RegistrationChanged:
                    if attempt == ATTEMPTS:
                        raise
                except NotRegistered:
                    repo.check_serial(serial)  # where such a Mac goes is no question
                    if attempt == ATTEMPTS:
                        raise
                    if not placement.place_unknown(self._database, serial, channel=self._channel):
                        raise
                else:
                    self._note_call(repo, mac, call)
                    return None if call.identifier is None else self._identifier(repo, mac)
        raise AssertionError(serial)  # the last attempt returned or raised

    def _note_call(self, repo: RepoView, mac: PlacedMac, call: ManifestCall) -> None:
        """Have the manifests follow the call of a Mac that took the place of another."""
        registration = mac.registration
        if registration is not None and registration.is_replaced:
            in_use = (call.identifier or "").removeprefix(f"{repo.layout.macs}/")
            heard = mac.serial.key == call.serial.key
            self._replaced.note_call(registration.id, heard=heard, in_use=in_use)

    def _identifier(self, repo: RepoView, mac: PlacedMac) -> str | None:
        """The ClientIdentifier to set on a Mac that has none; None to set none."""
        destination = mac.destination
        is_set = bool(repo.layout.macs) or self._policy.policy.identifies(
            destination.site, destination.build, mac.called
        )
        return repo.manifest_of(mac.serial) if is_set else None

    def script_binding(self, serial: Serial) -> tuple[Destination, BoundMac]:
        """Return the destination for the script of one Mac, and the binding of its token."""
        with self._database.reading() as session:
            serial, current = placement.look_up(session, serial)
        if current is None:
            return WHERE_REGISTERED, BoundMac(serial.key)
        bind_contextvars(registration=current.id)
        return current.destination, BoundMac(serial.key, current.id)

    def prestage(self, serial: Serial) -> None:
        """Write the manifest of a registered Mac that has not booted yet.

        Never asks the channel about an unknown Mac. Raises NotRegistered, RegistrationChanged and
        what `provision` raises.
        """
        with self._failing(serial):
            repo = self._repo.now()
            mac = self._prepared(self._place(repo, ManifestCall(serial)))
            if not self._is_finished(repo, mac):
                if mac.written is None:
                    repo.check_own(mac.serial)
                with repo.holding(mac.serial):
                    self._write(repo, mac, call=None)

    @contextmanager
    def _failing(self, serial: Serial) -> Iterator[None]:
        """A context that marks a Mac as failed where its manifest cannot be written."""
        try:
            yield
        except _FAILURES as error:
            self._reports.note(Report.parse(serial.text, ERROR, str(error)))
            if isinstance(error, TwoOfAKind):
                self._ask(serial, error)
            raise

    def _ask(self, serial: Serial, error: TwoOfAKind) -> None:
        """Ask people about the two, unless they have been asked."""
        with self._database.reading() as session:
            if two_of_a_kind.is_asked(session, serial, error):
                return
        with self._database.begin() as session:
            two_of_a_kind.ask(session, serial, error, channel=self._channel, at=datetime.now(UTC))

    def _attempt(self, repo: RepoView, attempt: int, call: ManifestCall) -> PlacedMac:
        """Write the manifest, unless the call only repeats a finished one, as most calls do.

        Returns the Mac as it is placed. A registration that changed meanwhile is noticed when it
        is recorded. That is seldom, so only from the second attempt on the placement is decided
        again under the Mac's lock.
        """
        mac = self._place(repo, call)
        if placement.take_named(self._database, repo, self._policy.policy, mac):
            mac = self._place(repo, call)
        mac = self._prepared(mac)
        if self._is_finished(repo, mac):
            return mac
        held = mac.serial
        if mac.written is None:
            repo.check_own(held)
        with repo.holding(held), self._database.sharing():
            if attempt > 1:
                mac = self._place(repo, call)
                if mac.serial != held:  # it was replaced by another at this moment, or that undone
                    raise RegistrationChanged(call.serial.text)
            self._write(repo, mac, call)
        return mac

    def _prepared(self, mac: PlacedMac) -> PlacedMac:
        """Return the Mac; its manifest is copied first where it took the place of another."""
        if mac.registration is not None and mac.registration.is_replaced:
            with suppress(ManifestChanged):  # the job tells it; the call goes on with what is there
                self._replaced.prepare(mac.registration.id)
        return mac

    def _place(self, repo: RepoView, call: ManifestCall) -> PlacedMac:
        with self._database.reading() as session:
            mac = placement.place(session, repo, call.serial, call.requested, call.grant)
        bind_contextvars(registration=mac.registration.id if mac.registration else None)
        return mac

    def _is_finished(self, repo: RepoView, mac: PlacedMac) -> bool:
        """Return True if there is nothing to write and nothing to record; takes no lock."""
        if mac.needs_recording(datetime.now(UTC), self._suppress_window):
            return False
        return repo.is_current(
            mac.serial, mac.destination, self._catalogs(mac), written=mac.written
        )

    def _catalogs(self, mac: PlacedMac) -> Sequence[str]:
        """Return the catalogs that a manifest without any gets."""
        return self._policy.policy.catalogs_of(mac.destination.build)

    def _write(self, repo: RepoView, mac: PlacedMac, call: ManifestCall | None) -> None:
        """Write the manifest of a Mac, which is locked in the repo, and record it.

        `call` is None before its first boot.
        """
        catalogs = self._catalogs(mac)
        write_result = repo.assign(
            mac.serial, mac.destination, catalogs, written=mac.written, note=mac.change_note
        )
        at = datetime.now(UTC)
        if not write_result.changed and not mac.needs_recording(at, self._suppress_window):
            return
        confirmation = Confirmation(mac, write_result, at)
        news = {"warning": self._missed(confirmation), "before_boot": call is None}
        twin = manifest_cautions.twin_of(self._repo.store, repo, mac.serial, write_result)
        cautions = [
            *manifest_cautions.of_name(self._database, repo, mac),
            *(manifest_cautions.of_identifier(repo, mac.serial, call.identifier) if call else ()),
            *manifest_cautions.of_twin(mac.serial, twin),
        ]
        channel = self._policy.policy.channel_for(mac.destination.site, self._channel)
        registration = self._database.run_shared(
            lambda session: confirmation.record(session, channel, news, cautions, twin)
        )
        bind_contextvars(registration=registration)
        if self._count is not None:
            confirmation.count(self._count, before_boot=call is None)

    def _missed(self, confirmation: Confirmation) -> str | None:
        """Return a fault of the published repo that has lasted `published_timeout`, or None.

        Raises NotServedYet for a fault that has not lasted so long.
        """
        if self._published is None:
            return None
        name, at = confirmation.write_result.name, confirmation.at
        fault = self._published.fault(name, confirmation.write_result.digest)
        if fault is None:
            return None
        with self._database.reading() as session:
            since = revisions.last_change(session, name)
        written_at = at if confirmation.write_result.changed else since
        if written_at is None or at - written_at >= self._published_timeout:
            return fault
        self._database.run_shared(confirmation.record_revision)  # the next call changes nothing
        raise NotServedYet(name, fault)
