"""What a call from a Mac does to its registration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from provisioning import notifications
from provisioning.database import insert_into
from provisioning.errors import NotRegistered, OtherSite, RegistrationChanged
from provisioning.models import CONFIRMED, Card, Event, Registration
from provisioning.munki import Destination, MunkiRepo, Why, Written
from provisioning.names import folded
from provisioning.prepared import Prepared
from provisioning.serials import Serial


@dataclass(frozen=True, slots=True)
class Said:
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
class Known:
    """What was known of a Mac's open registration before its manifest was written.

    `channel` is that of its card, None where no card shows it.
    """

    id: int
    revision: int
    destination: Destination
    registered_by: str | None
    card_id: int | None
    confirmed_at: datetime | None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a Mac goes and who says so. `said` is what its script asked for, None: nothing."""

    serial: Serial
    destination: Destination
    said: Said | None
    known: Known | None

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


def plan(session: Session, repo: MunkiRepo, serial: Serial, said: Said | None) -> Plan:
    """Decide where a Mac goes: a person's registration beats what the Mac's script says.

    Raises NotRegistered where neither says anything, UnknownSite or UnknownBuild where only the
    script does and the repo does not have it, OtherSite where its caller may not send it there.
    """
    made = _planned(session, repo, serial, said if said is not None and said.site else None)
    site = made.destination.site
    if said is not None and said.only is not None and folded(site) != folded(said.only):
        raise OtherSite(serial.text, site, said.only)
    return made


def _planned(session: Session, repo: MunkiRepo, serial: Serial, said: Said | None) -> Plan:
    known = _known(session, serial)
    if known is not None and (known.registered_by is not None or said is None):
        return Plan(serial, known.destination, said, known)
    if said is None:
        raise NotRegistered(serial.text)
    return Plan(serial, repo.destination(said.site, said.build), said, known)


def confirm(
    session: Session,
    made: Plan,
    written: Written,
    *,
    channel: str,
    at: datetime,
    also: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Record that the manifest of `made` was written and read back, and owe the news to Slack.

    `also` is told with it: a `warning`, that it was written `before_boot`.
    Owes the news to the channel of the Mac's card, to `channel` where it has none. A card's
    messages all go through its own channel's lane: two couriers would show it twice otherwise.
    Returns the registration's id. Raises RegistrationChanged where somebody changed it since the
    plan was made: plan again.
    """
    known = made.known
    registration_id = _confirmed(session, made, channel, at)
    _EVENT.execute(
        session,
        registration_id=registration_id,
        what="confirmed",
        at=at,
        before=_place(known.destination) if known else None,
        after={**_place(made.destination), "digest": written.digest},
    )
    notifications.owe_confirmation(
        session,
        channel=(known.channel if known else None) or channel,
        registration_id=registration_id,
        card_id=known.card_id if known else None,
        facts=_facts(made, written) | {name: fact for name, fact in also.items() if fact},
        at=at,
    )
    return registration_id


_ROWS = Registration.__table__
_CARDS = Card.__table__
_KNOWN = Prepared(
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
        )
        .outerjoin(_CARDS, _CARDS.c.id == _ROWS.c.card_id)
        .where(_ROWS.c.serial == bindparam("key"), _ROWS.c.closed_at.is_(None))
    )
)
_STATE = (
    *("reported_as", "site", "build", "state", "revision", "confirmed_at", "changed_at"),
    *("heard_at", "step", "mentioned_at"),
)
_CONFIRM = Prepared(
    lambda _: update(_ROWS).where(
        _ROWS.c.id == bindparam("known_id"), _ROWS.c.revision == bindparam("known_revision")
    ),
    *_STATE,
)
_BRING_IN = Prepared(
    lambda dialect: insert_into(_ROWS, dialect).on_conflict_do_nothing().returning(_ROWS.c.id),
    *_STATE,
    "serial",
    "channel",
    "created_at",
)
_EVENT = Prepared(
    lambda _: insert(Event.__table__).inline(), "registration_id", "what", "at", "before", "after"
)


def _known(session: Session, serial: Serial) -> Known | None:
    row = _KNOWN.row(session, key=serial.key)
    if row is None:
        return None
    key, revision, site, build, *rest = row
    return Known(key, revision, Destination(site, build), *rest)


def _confirmed(session: Session, made: Plan, channel: str, at: datetime) -> int:
    """Bring the registration to its new state and return its id."""
    known = made.known
    state: dict[str, object] = {
        "reported_as": made.serial.text,
        **_place(made.destination),
        "state": CONFIRMED,
        "revision": known.revision + 1 if known else 1,
        "confirmed_at": at,
        "changed_at": at,
        "heard_at": at,
        "step": None,
        "mentioned_at": None,
    }
    if known is None:
        return _brought_in(session, made.serial, channel, state)
    if not _CONFIRM.execute(session, known_id=known.id, known_revision=known.revision, **state):
        raise RegistrationChanged(made.serial.text)
    return known.id


def _brought_in(session: Session, serial: Serial, channel: str, state: dict[str, object]) -> int:
    """Keep a registration that nobody made, so that the next call finds it."""
    row = _BRING_IN.row(
        session, serial=serial.key, channel=channel, created_at=state["changed_at"], **state
    )
    if row is None:
        raise RegistrationChanged(serial.text)
    return int(row[0])


def _place(destination: Destination) -> dict[str, str]:
    return {"site": destination.site, "build": destination.build}


def _facts(made: Plan, written: Written) -> dict[str, object]:
    overruled = made.said is not None and not made.said.means(made.destination)
    return {
        "serial": made.serial.text,
        **_place(made.destination),
        "registered_by": made.known.registered_by if made.known else None,
        "overruled": str(made.said)[:160] if overruled else None,
        "digest": written.digest,
    }
