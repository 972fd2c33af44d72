"""Facts about a Mac that calls: its request, its registration, its placement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from infrastructure.text import normalize
from provisioning.access.errors import OtherSite
from provisioning.munki import ChangeNote, Destination
from provisioning.munki.layout import Layout
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.registrations.models import ADOPTED
from provisioning.values.serials import Serial


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
        """Return True if this is `destination`, in any spelling."""
        ours = normalize(self.site), normalize(self.build)
        return ours == (normalize(destination.site), normalize(destination.build))

    def within(self, layout: Layout) -> "Requested | None":
        """Return this with only the kinds that the layout has; None where it lacks one of them."""
        site, build = layout.present(self.site, self.build)
        if not layout.is_complete(site, build):
            return None
        return Requested(site, build, self.allowed_site)

    def check_site(self, serial: Serial, destination: Destination) -> None:
        """Raise OtherSite where its caller may not send the Mac `serial` to `destination`."""
        if self.allowed_site is not None and not self.allows(destination.site):
            raise OtherSite(serial.text, destination.site, self.allowed_site)

    def allows(self, site: str) -> bool:
        """Return True if its caller may send Macs to a site."""
        return self.allowed_site is None or normalize(site) == normalize(self.allowed_site)

    def __str__(self) -> str:
        return str(self.destination)


@dataclass(frozen=True, slots=True)
class CurrentRegistration:
    """A Mac's open registration as it was read before its manifest was written.

    `channel` is that of its card, None where no card shows it; `called` is the Mac's name, which
    a person typed or a pattern made for this destination. `is_replaced`: manifests may have to
    follow, because it took the place of another Mac or gave it back. `registered_at` is when a
    person did it, None where none did.
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
    registered_at: datetime | None = None


class DestinationSource(Enum):
    """The source of a Mac's destination."""

    REGISTERED = auto()  # a person registered the Mac
    SCRIPT = auto()  # its script names the destination in this call
    SCRIPT_BEFORE = auto()  # its script named it in a former call, and names none now
    UNKNOWN = auto()  # there is no destination


@dataclass(frozen=True, slots=True)
class Placement:
    """A decision: a Mac's destination, which is None for UNKNOWN, and its source.

    For SCRIPT the destination is spelled as the script spells it, and may not exist in the repo.
    """

    source: DestinationSource
    destination: Destination | None


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
        """The Mac's name, unless a pattern made it for another destination."""
        registration = self.registration
        if registration is None:
            return None
        stays = registration.is_name_typed or registration.destination == self.destination
        return registration.called if stays else None

    def needs_recording(self, at: datetime, window: timedelta) -> bool:
        """Return True if this call is to be recorded, even where the manifest is right already.

        A call less than `window` after the same confirmation is a repetition, and is not; a later
        one is a new first boot.
        """
        registration = self.registration
        if registration is None or registration.confirmed_at is None:
            return True
        return (
            registration.destination != self.destination or at - registration.confirmed_at > window
        )
