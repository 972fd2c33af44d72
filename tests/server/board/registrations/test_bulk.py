"""Acts on many Macs of the table: asked for on a page, done in one operation, undone as one."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from infrastructure.database.engine import Database
from provisioning.registrations.models import CONFIRMED, Operation, Registration
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.registrations.test_table import register_many
from tests.server.machines.asked import registered


def asked(browser: Browser, query: str) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    text = browser.get(f"/board/registrations/act?{query}").text
    form = text[text.index('action="/board/registrations/act"') :]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    fields.pop("form_token")
    return {name: html.unescape(value) for name, value in fields.items()}


def send(browser: Browser, fields: Mapping[str, str], **more: str) -> str:
    """Send the form, and return the text of the page after it."""
    answer = browser.post("/board/registrations/act", None, **fields, **more)
    return browser.get(answer.location).text if answer.status_code == 303 else answer.text


def states(database: Database) -> Mapping[str, int]:
    with database.reading() as session:
        rows = select(Registration.state, func.count()).group_by(Registration.state)
        return dict(session.execute(rows).all())


def newest(database: Database) -> Operation:
    with database.reading() as session:
        return session.scalars(select(Operation).order_by(Operation.id.desc())).all()[0]


@pytest.mark.postgresql(instead=True)
def test_all_that_the_filters_show_are_moved_and_brought_back_as_one(
    alice: Browser, database: Database
) -> None:
    register_many(database, 60)
    registered(database, "C02OTHER", site="new york")

    page = alice.get("/board/registrations/act?verb=move&which=all&site=london").text
    fields = asked(alice, "verb=move&which=all&site=london")
    after = send(alice, fields, to_site="new york", to_build="basic")

    assert "Move: 60 Macs" in page
    assert "… and 30 more" in page
    assert "60 Macs moved to new york / basic." in after
    operation = newest(database)
    assert (operation.what, operation.by, operation.via) == ("moved", "U0ALICE", "board")
    undone = alice.post(f"/board/registrations/undo/{operation.id}", None, site="london")
    text = alice.get(undone.location).text
    assert "That was undone." in text
    assert "60 Macs" in text


def test_ticked_ones_are_imaged_again_where_that_makes_sense(
    alice: Browser, database: Database
) -> None:
    for serial in ("C02A", "C02B", "C02C"):
        registered(database, serial)
    with database.begin() as session:
        done = update(Registration).where(Registration.serial != "C02C")
        session.execute(done.values(state=CONFIRMED))

    page = alice.get("/board/registrations/act?verb=reimage&mac=1&mac=3").text
    after = send(alice, asked(alice, "verb=reimage&mac=1"))

    assert "Image again: 1 Mac<" in page
    assert "1 Mac of those chosen stays as it is" in page
    assert "1 Mac reimaged." in after
    assert states(database) == {"waiting": 2, "confirmed": 1}


def test_after_ten_minutes_no_undo_is_offered(alice: Browser, database: Database) -> None:
    registered(database, "C02A")
    answer = alice.post("/board/registrations/act", None, **asked(alice, "verb=cancel&mac=1"))
    undo = 'action="/board/registrations/undo/'
    assert undo in alice.get(answer.location).text

    with database.begin() as session:
        session.execute(update(Operation).values(at=datetime.now(UTC) - timedelta(minutes=11)))
    later = alice.get(answer.location).text

    assert "1 Mac cancelled." in later
    assert undo not in later


def test_of_many_the_number_is_typed(alice: Browser, database: Database) -> None:
    register_many(database, 21)
    fields = asked(alice, "verb=cancel&which=all")

    for typed in ({}, {"typed": "20"}):
        assert "That is not 21. Nothing was changed." in send(alice, fields, **typed)
    assert states(database) == {"waiting": 21}
    assert "21 Macs cancelled." in send(alice, fields, typed=" 21 ")
    assert states(database) == {"cancelled": 21}


def test_what_changed_after_the_page_was_seen_is_left_alone(
    alice: Browser, database: Database
) -> None:
    register_many(database, 3)
    fields = asked(alice, "verb=cancel&which=all")
    alice.post("/board/macs/C02M00001/move", site="new york", build="basic")
    register_many(database, 1, "C02LATE")

    after = send(alice, fields)

    assert "2 Macs cancelled. 1 Mac has changed since and was left alone." in after


def test_the_second_of_two_presses_is_told_what_is_so(alice: Browser, database: Database) -> None:
    register_many(database, 2)
    fields = asked(alice, "verb=move&which=all&site=london")
    send(alice, fields, to_site="london", to_build="basic")

    again = send(alice, fields, to_site="london", to_build="basic")

    assert "2 Macs have changed since and were left alone. Nothing was changed." in again
    assert "card" not in again


def test_one_site_that_is_not_allowed_stops_all(browsers: Browsers, database: Database) -> None:
    registered(database, "C02A")
    registered(database, "C02P", site="paris")
    alice = browsers.of("U0ALICE")
    fields = asked(alice, "verb=cancel&which=all&site=london")

    page = alice.get("/board/registrations/act?verb=cancel&which=all").text
    refused = send(alice, {**fields, "site": ""})
    there = send(alice, {**fields, "verb": "move"}, to_site="paris", to_build="basic")

    assert "You may not register Macs for Paris." in page
    assert "<form class" not in page
    assert "You may not register Macs for Paris." in refused
    assert "You may not register Macs for Paris." in there
    assert states(database) == {"waiting": 2}


def test_forms_that_make_no_sense_change_nothing(alice: Browser, database: Database) -> None:
    register_many(database, 2)
    fields = asked(alice, "verb=cancel&which=all")

    for changed, status in (
        ({"verb": "explode"}, 400),
        ({"seen": "yesterday"}, 400),
        ({"seen": "9999-12-31T23:59:59-14:00"}, 400),
        ({"which": "ticked"}, 409),
        ({"which": "ticked", "mac": "x"}, 409),
        ({"number": "many"}, 400),
        ({"verb": "move", "to_site": "lundon", "to_build": "basic"}, 404),
    ):
        sent = {**fields, **changed}
        answer = alice.post("/board/registrations/act", None, **sent)
        assert (changed, answer.status_code) == (changed, status)
    assert "There is no Mac" in alice.get("/board/registrations/act?verb=reimage&which=all").text
    assert states(database) == {"waiting": 2}
