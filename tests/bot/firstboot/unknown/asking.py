"""Helpers of the tests of unknown Macs: answer a card, register a Mac, read the registrations."""

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.fakes.slack import readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually


def open_registrations(database: Database) -> list[tuple[str, str, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return sorted((mac.serial, mac.site, mac.build, mac.registered_by) for mac in rows)


def number_of(database: Database, model: type) -> int:
    with database.reading() as session:
        return len(session.scalars(select(model)).all())


def choose(person: Person, card: Message, site: str = "london", build: str = "design") -> None:
    person.select(card, "site", site)
    person.select(card, "build", build)


def told(person: Person, words: str) -> None:
    """Wait until this person alone was told something."""
    eventually(lambda: any(words in message.text for message in person.ephemerals))


def register(person: Person, text: str) -> None:
    """Register a Mac, and say yes where its serial is doubtful."""
    person.slash("/mac", f"register {text}", channel=CHANNEL)
    shown = person.ephemerals[-1]
    if "can be registered as it is" in readable(shown):
        person.click(shown, "import_doubtful")
        eventually(lambda: "Registered 1 Mac" in readable(shown))


def buttons(message: Message) -> list[str]:
    """The words on the buttons of a message."""
    blocks = (block for block in message.blocks if block["type"] == "actions")
    return [each["text"]["text"] for block in blocks for each in block["elements"]]
