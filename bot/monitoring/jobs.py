"""Work for the clerk: pictures and lists that somebody asked for, sent to them alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.slack.markup import escape
from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.jobs.runner import Record
from infrastructure.loop import utc_now
from provisioning.diagnostics import Examination, examined, shortened
from provisioning.monitoring import statistics
from provisioning.outbox import outbox
from provisioning.policy import PolicyFile
from provisioning.registrations import export

LONGEST_SAID = 2_900  # characters of one message's section
LARGEST = 50 * 1024 * 1024  # bytes of a list; it is held in memory and in the database


class TooLarge(RollcallError):
    """A list that does not fit."""

    def __init__(self) -> None:
        super().__init__("There are too many registrations for one file; name a site.")


class StatisticsJob:
    """Draws the statistics of some weeks and sends them to the person who asked."""

    def __init__(
        self,
        database: Database,
        policy: PolicyFile,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def do(self, facts: dict[str, Any]) -> Record:
        """Draw; `facts` are `by` (a user id), `site` (None: all) and `weeks`."""
        from provisioning.monitoring import charts  # noqa: PLC0415 - 12 MiB: only for who draws

        policy, site, now = self._policy.policy, facts["site"], self._clock()
        zone = policy.zone_of(site) if site else policy.timezone
        since = statistics.last_days(7 * facts["weeks"], until=now, zone=zone)
        with self._database.reading() as session:
            figures = statistics.gather(session, since=since, until=now, site=site, zone=zone)
        title = span(facts["weeks"]) + (f", {policy.title_of(site)}" if site else "")
        picture = charts.draw(figures, title=title)
        if picture is None:
            return _told(facts, f"{escape(title)}: there were no Macs, so there is no picture.")
        return _sent(facts, "statistics.png", picture.png, picture.alt, alt=picture.alt)

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that there is no picture."""
        return _told(facts, f"The statistics could not be drawn: {escape(reason)}")


class ExportJob:
    """Writes registrations into a CSV file and sends it to the person who asked."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def do(self, facts: dict[str, Any]) -> Record:
        """Write; `facts` are `by` (a user id) and `site` (None: all). Raises TooLarge."""
        content = bytearray()
        with self._database.reading() as session:
            for piece in export.csv_of(session, site=facts["site"]):
                content += piece
                if len(content) > LARGEST:
                    raise TooLarge
        name = f"registrations-{self._clock():%Y-%m-%d}.csv"
        of = f"for {facts['site']}" if facts["site"] else "there are"
        return _sent(facts, name, bytes(content), f"All registrations {of}; moments are in UTC.")

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that there is no file."""
        return _told(facts, f"The registrations could not be exported: {escape(reason)}")


class CheckupJob:
    """Looks through the repo and at the addresses, and tells the person who asked."""

    def __init__(self, these: Examination) -> None:
        self._these = these

    def do(self, facts: dict[str, Any]) -> Record:
        """Look; `facts` are `by` (a user id)."""
        lines = list(shortened(examined(self._these)))
        if not lines:
            return _told(facts, "The Munki repo, the addresses and the clocks: nothing to fix.")
        said = f"Of the Munki repo, the addresses and the clocks, {len(lines)} to fix:"
        shown = "\n".join([said, *(f"• {escape(line)}" for line in lines)])
        if len(shown) <= LONGEST_SAID:
            return _told(facts, shown)
        content = "\n".join(lines).encode()
        return _sent(facts, "doctor.txt", content, said.rstrip(":") + "; the list is in the file.")

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that nobody looked."""
        return _told(facts, f"The Munki repo could not be looked through: {escape(reason)}")


def span(weeks: int) -> str:
    """How people call a number of weeks that end now."""
    return "Last week" if weeks == 1 else f"Last {weeks} weeks"


def _told(facts: dict[str, Any], sentence: str) -> Record:
    def record(session: Session, now: datetime) -> None:
        outbox.owe_news(session, channel=facts["by"], sentence=sentence, at=now)

    return record


def _sent(
    facts: dict[str, Any], name: str, content: bytes, sentence: str, *, alt: str = ""
) -> Record:
    def record(session: Session, now: datetime) -> None:
        outbox.owe_file(
            session,
            channel=facts["by"],
            name=name,
            content=content,
            sentence=escape(sentence),
            at=now,
            alt=alt,
        )

    return record
