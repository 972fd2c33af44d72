"""Helpers of the tests of benches: type a command, read the channel and the registrations."""

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually


def typed(person: Person, text: str) -> str:
    """Type a command and return what this person alone is told."""
    reply = person.ask("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    return reply.text


def told(person: Person, words: str) -> None:
    """Wait until this person alone was told something."""
    eventually(lambda: any(words in message.text for message in person.ephemerals))


def shown(slack: Workspace) -> list[Message]:
    """The channel without its threads."""
    return [each for each in slack.channels[CHANNEL].messages if each.thread_ts is None]


def taken(database: Database) -> list[tuple[str, str, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return sorted((mac.serial, mac.site, mac.build, mac.registered_by) for mac in rows)
