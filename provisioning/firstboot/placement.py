"""Placement: the decision about the destination of a Mac that calls, and its application."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from infrastructure.database.engine import Database
from infrastructure.text import normalize
from provisioning.access.errors import OtherSite
from provisioning.access.tokens import TokenGrant
from provisioning.firstboot import benches, unknown
from provisioning.firstboot.models import Bench
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import IS_REPLACED
from provisioning.munki import ChangeNote, Destination, RepoView
from provisioning.munki.layout import Layout, kept, renaming
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.outbox.models import Card
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import ADOPTED, Registration, name_at
from provisioning.values.serials import PlaceholderSerial, Serial


@dataclass(frozen=True, slots=True)
class Requested:
    """The site and the build that a Mac's script names, as it spells them; both may be empty.

    `allowed_site` is the one site to which its caller may send Macs; None allows all sites.
    """

    site: str
    build: str
    allowed_site: str | None = None

    @property
    def destination(self) -> Destination:
        """Both names, which may not exist in the repo."""
        return Destination(self.site, self.build)

    def means(self, destination: Destination) -> bool:
        """Tell if this is another spelling of `destination`."""
        ours = normalize(self.site), normalize(self.build)
        return ours == (normalize(destination.site), normalize(destination.build))

    def within(self, layout: Layout) -> "Requested | None":
        """Return this without a kind that the layout does not have; None where it says too little.

        That is nothing at all, or one of two kinds.
        """
        site, build = layout.present(self.site, self.build)
        if not layout.is_complete(site, build):
            return None
        return Requested(site, build, self.allowed_site)

    def check_site(self, serial: Serial, destination: Destination) -> None:
        """Raise OtherSite where its caller may not send the Mac `serial` to `destination`."""
        if self.allowed_site is not None and not self.allows(destination.site):
            raise OtherSite(serial.text, destination.site, self.allowed_site)

    def allows(self, site: str) -> bool:
        """Tell if its caller may send Macs to a site."""
        return self.allowed_site is None or normalize(site) == normalize(self.allowed_site)

    def __str__(self) -> str:
        return str(self.destination)


@dataclass(frozen=True, slots=True)
class CurrentRegistration:
    """A Mac's open registration as it was read before its manifest was written.

    `channel` is that of its card, None where no card shows it; `called` is the Mac's name, which
    a person typed or a pattern made for this destination. `is_replaced`: manifests may have to
    follow, because it took the place of another Mac or gave it back.
    """

    id: int
    revision: int
    destination: Destination
    registered_by: str | None
    card_id: int | None
    confirmed_at: datetime | None
    channel: str | None = None
    called: str | None = None
    is_name_typed: bool = False
    written: WrittenIncludes | None = None
    layout: str | None = None
    is_replaced: bool = False


class DestinationSource(Enum):
    """The source of a Mac's destination."""

    REGISTERED = auto()  # a person registered the Mac
    SCRIPT = auto()  # its script names the destination in this call
    SCRIPT_BEFORE = auto()  # its script named it in a former call, and names none now
    UNKNOWN = auto()  # there is no destination


@dataclass(frozen=True, slots=True)
class Placement:
    """A decision: a Mac's destination, which is None for UNKNOWN, and its source.

    For SCRIPT the destination is spelt as the script spells it, and may not exist in the repo.
    """

    source: DestinationSource
    destination: Destination | None


def decide(registration: CurrentRegistration | None, requested: Requested | None) -> Placement:
    """Decide a Mac's destination: a person's registration beats the request of the Mac's script.

    `requested` is the site and the build that the script names, None where it names none.
    """
    if registration is not None and registration.registered_by is not None:
        return Placement(DestinationSource.REGISTERED, registration.destination)
    if requested is not None:
        return Placement(DestinationSource.SCRIPT, requested.destination)
    if registration is not None:
        return Placement(DestinationSource.SCRIPT_BEFORE, registration.destination)
    return Placement(DestinationSource.UNKNOWN, None)


@dataclass(frozen=True, slots=True)
class PlacedMac:
    """A Mac with a destination that exists in the repo, and the request of its script.

    `registration` is the one that it had when its destination was decided. `serial` is that of the
    registration, where the Mac calls by the former serial of its swapped board.
    """

    serial: Serial
    destination: Destination
    requested: Requested | None
    registration: CurrentRegistration | None

    @property
    def change_note(self) -> ChangeNote:
        """The note about the change of the Mac's manifest, for a repo that keeps a history."""
        by = self.registration.registered_by if self.registration else None
        author = f"registered by {by} in Slack" if by else "registered by nobody"
        author = ADOPTED if by == ADOPTED else author
        return ChangeNote(f"{self.serial} → {self.destination}, {author}", author=by)

    @property
    def written(self) -> WrittenIncludes | None:
        """The includes that Rollcall wrote before; None where it never wrote this manifest."""
        return self.registration.written if self.registration else None

    @property
    def called(self) -> str | None:
        """The Mac's name at its destination; one made for where it was before is none."""
        registration = self.registration
        if registration is None:
            return None
        stays = registration.is_name_typed or registration.destination == self.destination
        return registration.called if stays else None

    def needs_recording(self, at: datetime, window: timedelta) -> bool:
        """Tell if this is a confirmation to record, even where the manifest is right already.

        It is not where the same confirmation was recorded less than `window` ago: then the Mac
        only repeats its call. A later call is a new first boot.
        """
        registration = self.registration
        if registration is None or registration.confirmed_at is None:
            return True
        return (
            registration.destination != self.destination or at - registration.confirmed_at > window
        )


def place(
    session: Session,
    repo: RepoView,
    serial: Serial,
    requested: Requested | None,
    grant: TokenGrant | None = None,
) -> PlacedMac:
    """Return a Mac with the destination that `decide` gives it; reads only.

    `grant` holds the rights of the token of its script. Raises InvalidToken where it is not valid
    for this Mac, PlaceholderSerial for what many Macs say unless a person registered it,
    NotRegistered where the Mac is UNKNOWN, UnknownSite or UnknownBuild where only
    the script names a destination and the repo does not have it, OtherSite where its caller may
    not send it there, LayoutChanged where its registration would lead elsewhere by this layout.
    """
    serial, registration = look_up(session, serial)
    named = requested.within(repo.layout) if requested is not None else None
    placement = decide(registration, named)
    check_placeholder(serial, placement)
    if grant is not None:
        key, at = (registration.id, registration.confirmed_at) if registration else (None, None)
        grant.check(serial, key, at)
    destination = placement.destination
    if destination is None:
        raise NotRegistered(serial.text)
    if placement.source is DestinationSource.SCRIPT:  # a registered Mac's call reads no repo
        destination = repo.exact_destination(destination.site, destination.build)
    else:
        check_layout(session, repo, registration)
    if requested is not None:
        requested.check_site(serial, destination)
    if destination.layout is not repo.layout:
        destination = replace(destination, layout=repo.layout)
    return PlacedMac(serial, destination, named, registration)


def check_placeholder(serial: Serial, placement: Placement) -> None:
    """Raise PlaceholderSerial for what many Macs say, unless a person registered it."""
    if placement.source is not DestinationSource.REGISTERED and serial.is_placeholder:
        raise PlaceholderSerial(serial.text)


def check_layout(
    session: Session, repo: RepoView, registration: CurrentRegistration | None
) -> None:
    """Raise LayoutChanged where a registration would lead elsewhere by the layout of the repo."""
    if registration is None or registration.layout == repo.layout.key:
        return
    before, destination = kept.find(session, registration.layout), registration.destination
    renaming.check(before, repo.layout, destination.site, destination.build)


def place_unknown(database: Database, serial: Serial, *, channel: str) -> bool:
    """Apply `unknown.decide` to a Mac that just was UNKNOWN.

    Returns True where it is registered: by the bench now, or by a person since its call. Macs
    repeat their calls every few seconds, so one that waits already is answered with few reads.
    """
    at = datetime.now(UTC)
    with database.reading() as session:
        if unknown.is_pending(session, serial, at) and not benches.is_any_open(session):
            return False
    with database.begin() as session:
        return _apply(session, serial, channel=channel, at=at)


def _apply(session: Session, serial: Serial, *, channel: str, at: datetime) -> bool:
    unwanted = unknown.is_unwanted(session, serial, at)
    bench = None if unwanted else benches.lock_open(session, at)
    decision = unknown.decide(unwanted=unwanted, bench=bench)
    is_taken = (
        decision is unknown.UnknownMacDecision.TAKE
        and bench is not None
        and benches.take(session, bench, serial, at)
    )
    # Read last: it may have called twice at once, and the bench took it while this call waited.
    if is_taken or queries.is_open(session, serial):
        return True
    if decision is not unknown.UnknownMacDecision.TURN_AWAY:
        unknown.ask_about(session, serial, channel=channel, at=at)
    return False


def take_named(database: Database, repo: RepoView, policy: Policy, mac: PlacedMac) -> bool:
    """Have the open bench take a Mac that has no registration and would go where its script says.

    Returns False where the Mac goes there. A Mac that a person turned away, or whose caller may
    not send it to the site of the bench, is never taken. Raises SerialMeansSomething.
    """
    if mac.registration is not None:
        return False
    at = datetime.now(UTC)
    with database.reading() as session:
        if not _takes(benches.current(session, at), policy, mac):
            return False
    repo.check_serial(mac.serial)
    with database.begin() as session:
        if unknown.is_unwanted(session, mac.serial, at):
            return False
        bench = benches.lock_open(session, at)
        return (
            bench is not None
            and _takes(bench, policy, mac)
            and benches.take(session, bench, mac.serial, at)
        )


def _takes(bench: Bench | None, policy: Policy, mac: PlacedMac) -> bool:
    if bench is None or not benches.takes_from(bench, mac.destination, policy):
        return False
    return mac.requested is None or mac.requested.allows(bench.site)


_ROWS, _CARDS = Registration.__table__, Card.__table__
_CURRENT = CompiledStatement(
    lambda _: (
        select(
            *(_ROWS.c[name] for name in ("id", "revision", "site", "build", "registered_by")),
            *(_ROWS.c.card_id, _ROWS.c.confirmed_at, _CARDS.c.channel, _ROWS.c.computer_name),
            *(_ROWS.c.named_for, _ROWS.c.includes, _ROWS.c.layout, IS_REPLACED),
        )
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)


def look_up(session: Session, serial: Serial) -> tuple[Serial, CurrentRegistration | None]:
    """Return the serial and the open registration of a Mac with one read, None where it has none.

    A Mac whose board was swapped is found by the former serial too, and answered as the new one.
    """
    row = _CURRENT.row(session, key=serial.key)
    if row is None and (new := replacing.answered_as(session, serial)) is not None:
        serial, row = new, _CURRENT.row(session, key=new.key)
    if row is None:
        return serial, None
    key, revision, site, build, by, card_id, confirmed_at, channel, name, named_for, *rest = row
    includes, layout, is_replaced = rest
    destination = Destination(site, build)
    return serial, CurrentRegistration(
        *(key, revision, destination, by, card_id, confirmed_at, channel),
        called=name_at(destination, name or None, named_for),
        is_name_typed=named_for is None,
        written=None if includes is None else WrittenIncludes.from_json(includes),
        layout=layout,
        is_replaced=is_replaced,
    )
