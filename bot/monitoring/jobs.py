"""Jobs of monitoring: they send a picture or a list to the person who asked for it."""

from typing import Any

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.execution.loop import utc_now
from infrastructure.jobs.runner import Record
from infrastructure.text import Sentence
from provisioning.monitoring import statistics
from provisioning.outbox import records
from provisioning.policy import PolicyFile
from provisioning.registrations.listings import export
from provisioning.values.libraries import need_pictures
from provisioning.values.slack import escape

LARGEST = 50 * 1024 * 1024  # bytes of a list; it is held in memory and in the database


class TooLarge(RollcallError):
    """A list that does not fit into one file."""

    def __init__(self) -> None:
        super().__init__("There are too many registrations for one file; name a site.")


class StatisticsJob:
    """A job that draws the statistics of some weeks for the person who asked."""

    def __init__(self, database: Database, policy: PolicyFile) -> None:
        self._database, self._policy = database, policy

    def do(self, payload: dict[str, Any]) -> Record:
        """Draw the chart; `payload` are `by` (a user id), `site` (None: all) and `weeks`.

        Raises NoPictures.
        """
        need_pictures()
        from provisioning.monitoring import charts  # noqa: PLC0415 - 12 MiB: only for who draws

        policy, site, now = self._policy.policy, payload["site"], utc_now()
        with self._database.reading(long=True) as session:
            figures = statistics.of_weeks(
                session, policy, weeks=payload["weeks"], site=site, now=now
            )
        title = span(payload["weeks"]) + (f", {policy.title_of(site)}" if site else "")
        picture = charts.draw(figures, title=title)
        if picture is None:
            return records.news(
                payload["by"],
                Sentence(
                    "{title}: there were no Macs, so there is no picture.", title=escape(title)
                ),
            )
        return records.file(
            payload["by"], "statistics.png", picture.png, escape(picture.alt), alt=picture.alt
        )

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that there is no picture."""
        return records.news(
            payload["by"],
            Sentence("The statistics could not be drawn: {reason}", reason=escape(reason)),
        )


class ExportJob:
    """A job that writes registrations into a CSV file, of at most `largest` bytes, for a person."""

    def __init__(self, database: Database, largest: int = LARGEST) -> None:
        self._database, self._largest = database, largest

    def do(self, payload: dict[str, Any]) -> Record:
        """Write the file; `payload` are `by` (a user id), `site` (None: all). Raises TooLarge."""
        content = bytearray()
        for piece in export.csv_of(self._database, site=payload["site"]):
            content += piece
            if len(content) > self._largest:
                raise TooLarge
        name = f"registrations-{utc_now():%Y-%m-%d}.csv"
        sentence = Sentence("All registrations there are; times are in UTC.")
        if payload["site"]:
            site = escape(payload["site"])
            sentence = Sentence("All registrations for {site}; times are in UTC.", site=site)
        return records.file(payload["by"], name, bytes(content), sentence)

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that there is no file."""
        return records.news(
            payload["by"],
            Sentence("The registrations could not be exported: {reason}", reason=escape(reason)),
        )


def span(weeks: int) -> str:
    """Return the words for a number of weeks that end now."""
    return "Last week" if weeks == 1 else f"Last {weeks} weeks"
