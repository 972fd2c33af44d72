"""What somebody received from the bot."""

from tests.support.slack.messages import Message
from tests.support.slack.person import Person


def received(person: Person) -> list[Message]:
    return [message for message in person.dm.messages if message.bot]
