"""Macs that come and go, and what the channel reads of them."""

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.outbox.refusals.refused_messages import refused_messages
from tests.fakes.slack import Workspace, readable
from tests.support import acting
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending


class Floor:
    """The imaging floor: people register and Macs report, at the time of the clock."""

    def __init__(self, database: Database, repo: MunkiRepo, clock: Clock) -> None:
        self._database = database
        self._repo = repo
        self._clock = clock

    def register(self, *serials: str, channel: str = CHANNEL) -> None:
        acting.register(self._database, *serials, at=self._clock(), channel=channel)

    def confirm(self, text: str) -> None:
        acting.boot(self._database, self._repo, text, at=self._clock())

    def tell(
        self, sentence: str, *, to: str = CHANNEL, thread: bool = False, file: bool = False
    ) -> None:
        """Owe a sentence, or a file with one, to a channel, a person or the thread of the card."""
        at = self._clock()
        with self._database.begin() as session:
            channel = session.scalars(select(Card)).one() if thread else to
            if file:
                outbox.enqueue_file(
                    session,
                    channel=channel,
                    name="list.csv",
                    content=b"serial",
                    sentence=sentence,
                    at=at,
                )
            else:
                outbox.enqueue_news(session, channel=channel, sentence=sentence, at=at)

    def trouble(self, sentence: str) -> bool:
        with self._database.begin() as session:
            return outbox.enqueue_trouble(
                session, channel=CHANNEL, sentence=sentence, at=self._clock()
            )

    def owed(self) -> int:
        with self._database.reading() as session:
            return count_pending(session)

    def refused(self) -> list[str]:
        with self._database.reading() as session:
            return [row.reason for row in refused_messages(session)]


def shown(slack: Workspace, channel: str = CHANNEL) -> list[str]:
    """The messages of a channel as people read them."""
    return [readable(message) for message in slack.channels[channel].messages]
