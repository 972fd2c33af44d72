"""Where a Mac goes that asks, and who says so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from infrastructure.text import folded
from provisioning.access.errors import OtherSite
from provisioning.access.tokens import TokenGrant
from provisioning.munki import Destination, MunkiRepo, Why
from provisioning.outbox.models import Card
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial


@dataclass(frozen=True, slots=True)
class Requested:
    """The site and the build that a Mac's script names, as it spells them; both empty: none.

    `only` is the one site that its caller may send Macs to, None: any.
    """

    site: str
    build: str
    only: str | None = None

    def means(self, destination: Destination) -> bool:
        """Whether this is another spelling of `destination`."""
        return str(self).casefold() == str(destination).casefold()

    def __str__(self) -> str:
        return f"{self.site}/{self.build}"


@dataclass(frozen=True, slots=True)
class CurrentRegistration:
    """What was known of a Mac's open registration before its manifest was written.

    `channel` is that of its card, None where no card shows it; `called` what the Mac is called.
    """

    id: int
    revision: int
    destination: Destination
    registered_by: str | None
    card_id: int | None
    confirmed_at: datetime | None
    channel: str | None = None
    called: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedMac:
    """Where a Mac goes and who says so. `said` is what its script asked for, None: nothing."""

    serial: Serial
    destination: Destination
    said: Requested | None
    known: CurrentRegistration | None

    @property
    def registered(self) -> bool:
        """Whether a person registered this Mac."""
        return self.known is not None and self.known.registered_by is not None

    @property
    def why(self) -> Why:
        """The change of the Mac's manifest, as a history of the repo should tell it."""
        by = self.known.registered_by if self.known else None
        who = f"registered by {by} in Slack" if by else "registered by nobody"
        return Why(f"{self.serial} → {self.destination}, {who}", author=by)

    def is_new(self, at: datetime, quiet: timedelta) -> bool:
        """Whether there is something to record and to tell, even where the manifest is right.

        There is not where this very confirmation was recorded less than `quiet` ago: then the
        Mac only asks again. A later call is a new first boot.
        """
        if self.known is None or self.known.confirmed_at is None:
            return True
        return self.known.destination != self.destination or at - self.known.confirmed_at > quiet


def plan(
    session: Session,
    repo: MunkiRepo,
    serial: Serial,
    said: Requested | None,
    permit: TokenGrant | None = None,
) -> PlacedMac:
    """Decide where a Mac goes: a person's registration beats what the Mac's script says.

    Raises NotRegistered where neither says anything, UnknownSite or UnknownBuild where only the
    script does and the repo does not have it, OtherSite where its caller may not send it there,
    InvalidToken where the script's `permit` is not good for this Mac.
    """
    named = said if said is not None and said.site else None
    made = _planned(session, repo, serial, named, permit)
    site = made.destination.site
    if said is not None and said.only is not None and folded(site) != folded(said.only):
        raise OtherSite(serial.text, site, said.only)
    return made


def _planned(
    session: Session,
    repo: MunkiRepo,
    serial: Serial,
    said: Requested | None,
    permit: TokenGrant | None,
) -> PlacedMac:
    known = look_up(session, serial)
    if permit is not None:
        permit.check(serial, *((known.id, known.confirmed_at) if known else (None, None)))
    if known is not None and (known.registered_by is not None or said is None):
        return PlacedMac(serial, known.destination, said, known)
    if said is None:
        raise NotRegistered(serial.text)
    return PlacedMac(serial, repo.destination(said.site, said.build), said, known)


_ROWS = Registration.__table__
_CARDS = Card.__table__
_KNOWN = CompiledStatement(
    lambda _: (
        select(
            _ROWS.c.id,
            _ROWS.c.revision,
            _ROWS.c.site,
            _ROWS.c.build,
            _ROWS.c.registered_by,
            _ROWS.c.card_id,
            _ROWS.c.confirmed_at,
            _CARDS.c.channel,
            _ROWS.c.computer_name,
            _ROWS.c.named_for,
        )
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)


def look_up(session: Session, serial: Serial) -> CurrentRegistration | None:
    """Return what is known of a Mac's open registration, None where it has none: one read."""
    row = _KNOWN.row(session, key=serial.key)
    if row is None:
        return None
    key, revision, site, build, *rest = row
    *rest, name, named_for = rest
    to = Destination(site, build)
    known = CurrentRegistration(key, revision, to, *rest)
    return replace(known, called=name) if name and named_for in (None, str(to)) else known
