"""Helpers of the tests of benches: type a command, read the channel and the registrations."""

from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.installation import CHANNEL


def typed(person: Person, text: str) -> str:
    """Type a command and return what this person alone is told."""
    reply = person.ask("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    return reply.text


def shown(slack: Workspace) -> list[Message]:
    """The channel without its threads."""
    return [each for each in slack.channels[CHANNEL].messages if each.thread_ts is None]
