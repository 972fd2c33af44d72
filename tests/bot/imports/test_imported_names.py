"""Names of computers in the files that people hand in."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.bot.imports.conftest import Work, in_thread
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")

LIST = """Serial,Site,Build,Computer Name
C02XG0FDJGH5,london,design,lab-07
C02YK1QWLVDN,paris,kiosk,"Zürich, \u200b7"
C02ZZ9QWLVDN,paris,kiosk,lab-07
C02AB3CDLVDN,paris,kiosk,
"""


def names(database: Database) -> dict[str, str | None]:
    with database.reading() as session:
        macs = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return {mac.serial: mac.called for mac in macs}


@pytest.fixture
def shown(alice: Person, slack: Workspace, work_all: Work) -> Message:
    """The dry run of that list."""
    dropped = alice.drop(CHANNEL, ("macs.csv", LIST.encode()))
    work_all()
    return in_thread(slack, dropped)[0]


def test_a_column_of_names_names_the_macs(
    alice: Person, shown: Message, database: Database
) -> None:
    assert "`C02XG0FDJGH5` (line 2) called lab-07 → *london* / *design*" in readable(shown)

    alice.click(shown, "import")

    eventually(lambda: names(database) == {"C02XG0FDJGH5": "lab-07", "C02AB3CDLVDN": None})


def test_a_name_that_cannot_be_given_makes_a_row_doubtful_with_the_reason(
    alice: Person, shown: Message, database: Database
) -> None:
    text = readable(shown)
    assert "gets no name, because C02XG0FDJGH5 has the same: 'lab-07'" in text
    assert "gets no name, because 'Zürich," in text

    alice.click(shown, "import_doubtful")

    eventually(lambda: len(names(database)) == 4)
    assert names(database)["C02ZZ9QWLVDN"] is None
    assert names(database)["C02YK1QWLVDN"] is None


@pytest.mark.postgresql(instead=True)
def test_undo_takes_the_names_back_too(alice: Person, shown: Message, database: Database) -> None:
    alice.slash("/mac", "register C02XG0FDJGH5 paris basic named desk-1", channel=CHANNEL)
    alice.click(shown, "import")  # which moves it by now
    eventually(lambda: names(database).get("C02XG0FDJGH5") == "lab-07")
    eventually(lambda: len(alice.ephemerals) == 2)

    alice.click(alice.ephemerals[-1], "undo")

    eventually(lambda: names(database) == {"C02XG0FDJGH5": "desk-1"})


def test_a_name_that_somebody_gave_away_meanwhile_is_left_out(
    alice: Person, shown: Message, database: Database
) -> None:
    alice.slash("/mac", "register C02QTHER1ABC paris basic named lab-07", channel=CHANNEL)

    alice.click(shown, "import_doubtful")

    eventually(lambda: len(names(database)) == 5)
    assert names(database)["C02XG0FDJGH5"] is None
