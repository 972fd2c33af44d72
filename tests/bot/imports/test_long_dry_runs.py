"""A dry run that only one person sees and that is too long for that: they can have all of it."""

import csv
import io
from collections.abc import Callable

import pytest

from tests.fakes.slack import Message, NotThere, readable
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")
TWELVE = [f"C02XGOFDJ{number:02}O" for number in range(12)]  # doubtful: more than are shown


def pasted(alice: Person, serials: list[str]) -> Message:
    alice.slash("/mac", f"register {' '.join(serials)} london design", channel=CHANNEL)
    return alice.ephemerals[-1]


def rows(alice: Person) -> list[dict[str, str]]:
    """The lines of the file that the person was sent."""
    [file] = alice.dm.messages[-1].files
    assert file.name.startswith("dry-run-")
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_all_of_it_comes_as_a_message_and_the_dry_run_stays(
    alice: Person,
    deliver: Callable[[], None],
    registered: Callable[[], list[tuple[str, str, str, str]]],
) -> None:
    shown = pasted(alice, TWELVE)
    assert "… and" in readable(shown)

    alice.click(shown, "import_send")

    eventually(lambda: "The whole list comes as a message" in readable(shown))
    deliver()
    lines = [[row[name] for name in ("serial", "site", "build", "what")] for row in rows(alice)]
    assert lines == [[serial, "london", "design", "doubtful"] for serial in TWELVE]
    assert registered() == []
    alice.click(shown, "import_doubtful")
    eventually(lambda: len(registered()) == len(TWELVE))


def test_all_of_it_is_offered_in_the_form_too_and_the_window_stays_what_it_was(
    alice: Person, deliver: Callable[[], None]
) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    answers = {"serials": "\n".join(TWELVE), "site": "london", "build": "design"}
    alice.submit(alice.open_view(), answers)

    alice.click(alice.open_view(), "import_send")

    eventually(lambda: "comes as a message from Rollcall" in str(alice.open_view().blocks))
    assert "Register 12 doubtful" in str(alice.open_view().blocks)
    deliver()
    assert alice.dm.messages[-1].files


def test_what_is_shown_whole_is_not_offered(alice: Person) -> None:
    shown = pasted(alice, ["C02XG0FDJGH5", "C02YK1QWLVDN"])

    with pytest.raises(NotThere):
        alice.click(shown, "import_send")
