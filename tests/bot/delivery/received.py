"""A helper that reads the direct messages that a person has from the bot."""

from tests.fakes.slack.messages import Message
from tests.fakes.slack.person import Person


def received(person: Person) -> list[Message]:
    return [message for message in person.dm.messages if message.bot]
