"""A helper that reads the direct messages that a person has from the bot."""

from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message


def received(person: Person) -> list[Message]:
    return [message for message in person.dm.messages if message.bot]
