"""Helpers that type a slash command and read the registrations."""

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL


def typed(person: Person, text: str) -> str:
    """Type a command and return what this person alone is told."""
    reply = person.ask("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    assert reply.response_type == "ephemeral"
    return "\n".join([reply.text, *(_text(block) for block in reply.blocks)])


def _text(block: dict[str, object]) -> str:
    text = block.get("text")
    return str(text["text"]) if isinstance(text, dict) else ""


def registrations(database: Database) -> list[tuple[str, str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id))
        return [(mac.serial, mac.site, mac.build, mac.state) for mac in rows]
