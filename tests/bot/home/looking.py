"""Helpers of the tests of the App Home: open it, use its filters, read it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations.models import Registration
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.view import View
from tests.support.waiting import eventually

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


def become(database: Database, serial: str, **columns: Any) -> None:
    with database.begin() as session:
        is_it = Registration.serial == serial
        session.execute(update(Registration).where(is_it).values(**columns))


def opened(person: Person) -> View:
    """Open the tab and return it as it is published."""
    before = person.home.hash if person.home else ""
    assert person.open_home().error is None
    return shown(person, before)


def shown(person: Person, before: str) -> View:
    """The tab, once it is another than the one with the hash `before`."""
    eventually(lambda: person.home is not None and person.home.hash != before)
    assert person.home is not None
    return person.home


def after(person: Person, act: Callable[[View], Any]) -> View:
    """The tab after a person did something on it."""
    home = person.home
    assert home is not None
    before = home.hash
    act(home)
    return shown(person, before)


def choose(person: Person, menu: str, option: str) -> View:
    """The tab after a person chose an option in one of its filters."""
    return after(person, lambda home: person.select(home, menu, option))


def text_of(view: View) -> str:
    return "\n".join(
        text["text"]
        for block in view.blocks
        for text in (block.get("text"), *(block.get("elements") or ()))
        if text and isinstance(text.get("text"), str)
    )


def serials(view: View) -> list[str]:
    """The Macs on it, from above."""
    rows = [block for block in view.blocks if block.get("block_id", "").startswith("mac-")]
    return [row["text"]["text"].split("`")[1] for row in rows]
