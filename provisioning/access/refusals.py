"""Counts of refused requests to the routes of Macs, by address, reason and day, never by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.access.models import Refusal

RETENTION = timedelta(days=90)
OTHER_ADDRESSES = "other addresses"  # all further addresses of a day that has too many

# Reasons: what people read of a refusal. They hold nothing that a caller sent.
NOTHING_SENT = "no credentials"
WRONG = "wrong credentials"
ELSEWHERE = "credentials of another site"
ONE_JSON = "credentials of one JSON alone"
FORGED = "invalid token"
EXPIRED = "expired token"
EARLY = "token of the future"
UNKNOWN_KEY = "unknown report key"
WRONG_SIGNATURE = "wrong signature"
OLD_SIGNATURE = "old signature"
UNKNOWN_SESSION = "unknown session"
UNKNOWN_LINK = "unknown link"
UNKNOWN_CODE = "unknown code"
WRONG_PASSWORD = "wrong password"  # noqa: S105 - a reason
SLOWED = "refused too often"
REASONS = (
    NOTHING_SENT, WRONG, ELSEWHERE, ONE_JSON, FORGED, EXPIRED, EARLY, UNKNOWN_KEY,
    WRONG_SIGNATURE, OLD_SIGNATURE, UNKNOWN_SESSION, UNKNOWN_LINK, UNKNOWN_CODE,
    WRONG_PASSWORD, SLOWED,
)  # fmt: skip
_CREDENTIALS = (
    "If Macs of yours are there, their workflow or report address has an old key: "
    "`boot.sh credentials list`."
)
_GUESSES = "If no people of yours are there, somebody guesses."
_FIXES = {
    FORGED: "If Macs of yours are there, they run scripts that were fetched before "
    "ROLLCALL_SECRET_KEY was changed, or from another installation: have them fetch theirs anew.",
    EXPIRED: "If Macs of yours are there, they run scripts that were fetched longer ago than "
    "ROLLCALL_TOKEN_HOURS: have them fetch theirs anew.",
    EARLY: "Scripts were fetched while a server's clock ran ahead: have servers follow a time "
    "server, and Macs fetch theirs anew.",
    WRONG_SIGNATURE: "If Slack is there, SLACK_SIGNING_SECRET is not that of the Slack app.",
    OLD_SIGNATURE: "If Slack is there, the clock of a server is off: have it follow a time server.",
    **dict.fromkeys((UNKNOWN_SESSION, UNKNOWN_LINK, UNKNOWN_CODE, WRONG_PASSWORD), _GUESSES),
}


@dataclass(frozen=True, slots=True)
class RefusedAddress:
    """An address with refused requests: their total, and the reasons, most frequent first."""

    address: str
    total: int
    reasons: tuple[tuple[str, int], ...]
    last_at: datetime

    @property
    def why(self) -> str:
        """The reasons in words."""
        return ", ".join(f"{reason} ({count})" for reason, count in self.reasons)

    @property
    def fix(self) -> str:
        """The fixes of all reasons but that of having to wait, which follows others."""
        causes = [reason for reason, _ in self.reasons if reason != SLOWED]
        return " ".join(dict.fromkeys(_FIXES.get(cause, _CREDENTIALS) for cause in causes))


def note(session: Session, counts: Mapping[tuple[str, str], int], at: datetime) -> None:
    """Add counts by address and reason to the day of `at` (UTC)."""
    insert = upsert(session, Refusal)
    adding = insert.on_conflict_do_update(
        index_elements=[Refusal.day, Refusal.address, Refusal.reason],
        set_={"count": Refusal.count + insert.excluded.count, "last_at": insert.excluded.last_at},
    )
    # In one order, so that two servers never wait for each other's rows.
    for (address, reason), count in sorted(counts.items()):
        row = {"day": _day(at), "address": address, "reason": reason, "count": count}
        session.execute(adding.values(**row, last_at=at))


def recent(session: Session, since: datetime, *, least: int = 1) -> Sequence[RefusedAddress]:
    """Return the addresses that were refused `least` times or more, the most frequent first.

    Counts are of whole days (UTC): of those on which an address was refused after `since`.
    """
    rows = session.execute(
        select(Refusal.address, Refusal.reason, Refusal.count, Refusal.last_at).where(
            Refusal.day >= _day(since), Refusal.last_at >= since
        )
    )
    by_address: dict[str, list[tuple[str, int, datetime]]] = {}
    for address, reason, count, last_at in rows:
        by_address.setdefault(address, []).append((reason, count, last_at))
    addresses = [_summed(address, parts) for address, parts in by_address.items()]
    return sorted((each for each in addresses if each.total >= least), key=lambda each: -each.total)


def forget(session: Session, now: datetime) -> None:
    """Delete counts older than RETENTION."""
    session.execute(delete(Refusal).where(Refusal.day < _day(now - RETENTION)))


def _summed(address: str, parts: Sequence[tuple[str, int, datetime]]) -> RefusedAddress:
    counts: dict[str, int] = {}
    for reason, count, _ in parts:
        counts[reason] = counts.get(reason, 0) + count
    reasons = tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return RefusedAddress(address, sum(counts.values()), reasons, max(at for *_, at in parts))


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
