"""Names in lists that lead Munki to another manifest."""

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.bot.imports.conftest import in_thread
from tests.bot.registrations.test_naming import names
from tests.fakes.slack import Message, Workspace
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")

MAC, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
LIST = f"""Serial,Site,Build,Computer Name
C02AB3CDLVDN,london,design,desk-1
{MAC},london,design,LAB-07
{OTHER},paris,kiosk,lab-07.example.com
C02CD3CDLVDN,paris,kiosk,c02ab3cdlvdn
C02EF3CDLVDN,paris,kiosk,catalogs
"""


@pytest.fixture
def shown(
    alice: Person, slack: Workspace, repo_folder: Path, work_all: Callable[[], None]
) -> Message:
    """The dry run of that list, where an admin made the manifest lab-07."""
    content = plistlib.dumps({"catalogs": ["production"]})
    (repo_folder / "manifests" / "lab-07").write_bytes(content)
    dropped = alice.drop(CHANNEL, ("macs.csv", LIST.encode()))
    work_all()
    return in_thread(slack, dropped)[0]


def test_doubtful_rows_get_the_names_that_are_only_doubtful(
    alice: Person, shown: Message, database: Database
) -> None:
    alice.click(shown, "import_doubtful")

    eventually(lambda: len(names(database)) == 5)
    assert names(database) == {
        "C02AB3CDLVDN": "desk-1",
        MAC: None,
        OTHER: "lab-07.example.com",
        "C02CD3CDLVDN": None,
        "C02EF3CDLVDN": None,
    }
