"""Filters and pages of the App Home, and what Slack and a database that fails do to them."""

import time
from threading import Event

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.registrations.models import CONFIRMED, IMAGING, Registration
from tests.bot.home.looking import LONDON, PARIS, after, become, choose, opened, serials, text_of
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def test_pages_are_turned_and_opening_it_again_stays_there(
    alice: Person, database: Database
) -> None:
    register(database, *(f"C02{number:03}" for number in range(45)), by="U0BOB")
    first = opened(alice)
    assert "Page 1 of 3: 1 to 20 of 45 Macs" in text_of(first)

    second = after(alice, lambda it: alice.click(it, "home_next"))
    assert "Page 2 of 3: 21 to 40 of 45 Macs" in text_of(second)
    assert "Page 2 of 3" in text_of(opened(alice))
    last = after(alice, lambda it: alice.click(it, "home_next"))
    assert len(serials(last)) == 5
    again = after(alice, lambda it: alice.click(it, "home_previous"))
    assert "Page 2 of 3" in text_of(again)


def test_another_filter_begins_at_its_first_page_and_a_shorter_list_at_its_last(
    alice: Person, database: Database
) -> None:
    register(database, *(f"C02{number:03}" for number in range(45)), by="U0BOB")
    register(database, *(f"C03{number:03}" for number in range(25)), to=PARIS, by="U0BOB")
    opened(alice)
    after(alice, lambda it: alice.click(it, "home_next"))

    assert "Page 1 of 2" in text_of(choose(alice, "home_site", "paris"))
    after(alice, lambda it: alice.click(it, "home_next"))
    with database.begin() as session:
        session.execute(update(Registration).values(state=CONFIRMED))
    become(database, "C03001", state=IMAGING)

    shown = text_of(opened(alice))
    assert "C03001" in shown
    assert "Page" not in shown  # where there is but one


def test_an_event_that_is_sent_again_does_no_harm(
    alice: Person, slack: Workspace, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS, by="U0BOB")
    register(database, "C02BBB", to=LONDON, by="U0BOB")
    opened(alice)
    choose(alice, "home_site", "paris")

    slack.events.redeliver()
    time.sleep(0.3)

    assert alice.home is not None
    assert serials(alice.home) == ["C02AAA"]


def test_of_two_quick_presses_the_last_one_is_shown(
    alice: Person, slack: Workspace, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS, by="U0BOB")
    register(database, "C02BBB", to=LONDON, by="U0BOB")
    home = opened(alice)
    slack.faults.delay(0.3, methods=["views.publish"])

    alice.select(home, "home_site", "paris")
    alice.select(home, "home_site", "london")

    eventually(lambda: alice.home is not None and serials(alice.home) == ["C02BBB"])
    time.sleep(0.4)
    assert serials(home) == ["C02BBB"]


@pytest.mark.parametrize("error", ["internal_error", "hash_conflict", "ratelimited"])
def test_where_slack_refuses_it_the_next_opening_shows_it(
    alice: Person, slack: Workspace, database: Database, error: str
) -> None:
    register(database, "C02AAA", by="U0BOB")
    if error == "ratelimited":
        slack.faults.respond_429(30, methods=["views.publish"])
    else:
        slack.faults.fail(error, methods=["views.publish"])

    assert alice.open_home().error is None
    eventually(lambda: [call for call in slack.calls if call.method == "views.publish"])

    assert serials(opened(alice)) == ["C02AAA"]


def test_opening_is_acknowledged_before_anything_is_drawn(alice: Person, slack: Workspace) -> None:
    opened = Event()
    asked = ["views.publish", "users.info", "auth.test"]
    slack.faults.delay(10, methods=asked, times=3, until=opened)

    assert alice.open_home().error is None, "it does not wait for any of them"
    assert alice.home is None
    opened.set()


def test_one_that_cannot_be_drawn_says_what_to_look_for_in_the_log_and_comes_back(
    alice: Person, database: Database
) -> None:
    with database.begin() as session:
        Import.__table__.drop(session.connection())

    with capture_logs() as lines:
        text = text_of(opened(alice))

    [line] = [line for line in lines if line["event"] == "home not drawn"]
    assert "Rollcall cannot show your Macs now. Open this tab again in a minute" in text
    assert f"`{line['reference']}` in the log" in text

    with database.begin() as session:
        Import.__table__.create(session.connection())

    assert "0 waiting" in text_of(opened(alice))
