"""Acts on a whole batch, from its page: chosen as on its Slack card, and shown on that."""

import re

from sqlalchemy import delete, select, update

from infrastructure.database.engine import Database
from provisioning.outbox.models import CARD, IMPORT, Card, Notification
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, Registration
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.registrations.test_bulk import asked, newest, send, states
from tests.server.board.registrations.test_table import register_many
from tests.support.fixtures.doors import NOON

BATCH = "/board/batches/1"


def set_state(database: Database, serial: str, state: str) -> None:
    with database.begin() as session:
        one = update(Registration).where(Registration.serial == serial)
        session.execute(one.values(state=state))


def offered(browser: Browser) -> list[str]:
    """The acts that can be pressed on the page of the batch."""
    return re.findall(r'<button name="verb" value="(\w+)">', browser.get(BATCH).text)


def cards_to_edit(database: Database) -> list[int | None]:
    with database.reading() as session:
        return list(session.scalars(select(Notification.card_id).where(Notification.kind == CARD)))


def test_a_batch_is_moved_but_for_what_is_done_and_its_card_says_so(
    browsers: Browsers, database: Database
) -> None:
    register_many(database, 3)
    register_many(database, 2, "C02OTHER")
    set_state(database, "C02M00000", CONFIRMED)
    with database.begin() as session:
        session.execute(delete(Notification))
    alice = browsers.of("U0ALICE")

    page = alice.get("/board/registrations/act?verb=move&batch=1").text
    fields = asked(alice, "verb=move&batch=1")
    after = send(alice, fields, to_site="new york", to_build="basic")

    assert "Move: 2 Macs" in page
    assert "1 Mac of those chosen stays as it is" in page
    assert f'href="{BATCH}">' in page
    assert "2 Macs moved to new york / basic." in after
    assert "Moved: 2 Macs, by Alice" in after
    assert f'action="{BATCH}/undo/{newest(database).id}"' in after
    assert cards_to_edit(database) == [1]
    with database.reading() as session:
        moved = select(Registration.serial).where(Registration.site == "new york")
        assert sorted(session.scalars(moved)) == ["C02M00001", "C02M00002"]
    assert (newest(database).by, newest(database).via) == ("U0ALICE", "board")


def test_only_acts_that_make_sense_can_be_pressed(browsers: Browsers, database: Database) -> None:
    register_many(database, 1)
    alice = browsers.of("U0ALICE")

    for state, verbs in (
        ("waiting", ["move", "cancel"]),
        (IMAGING, ["move", "cancel"]),
        (FAILED, ["move", "reimage", "cancel"]),
        (CONFIRMED, ["reimage"]),
    ):
        set_state(database, "C02M00000", state)
        assert (state, offered(alice)) == (state, verbs)
    assert "There is no Mac of this batch for which that makes sense." in alice.get(BATCH).text
    assert "1 Mac reimaged." in send(alice, asked(alice, "verb=reimage&batch=1"))
    assert states(database) == {"waiting": 1}


def test_of_a_large_batch_the_number_is_typed(browsers: Browsers, database: Database) -> None:
    register_many(database, 21)
    register_many(database, 1, "C02OTHER")
    alice = browsers.of("U0ALICE")
    fields = asked(alice, "verb=cancel&batch=1")

    assert "That is not 21. Nothing was changed." in send(alice, fields, typed="22")
    assert states(database) == {"waiting": 22}
    assert "21 Macs cancelled." in send(alice, fields, typed="21")
    assert states(database) == {"cancelled": 21, "waiting": 1}


def test_what_changed_after_the_page_was_seen_stays(browsers: Browsers, database: Database) -> None:
    register_many(database, 2)
    alice = browsers.of("U0ALICE")
    fields = asked(alice, "verb=cancel&batch=1")
    alice.post("/board/macs/C02M00001/move", site="new york", build="basic")

    assert "1 Mac cancelled. 1 Mac has changed since" in send(alice, fields)


def test_who_may_not_is_told_why_and_a_forged_form_does_nothing(
    browsers: Browsers, database: Database
) -> None:
    register_many(database, 2)
    alice = browsers.of("U0ALICE")
    fields = asked(alice, "verb=cancel&batch=1")
    with database.begin() as session:
        session.execute(update(Registration).values(site="paris"))

    page = alice.get(BATCH).text
    assert offered(alice) == []
    assert "You may not register Macs for Paris." in page
    assert "You may not register Macs for Paris." in send(alice, fields)
    forged = alice.post("/board/registrations/act", {"Origin": "https://evil.example"}, **fields)
    assert forged.status_code == 403
    assert states(database) == {"waiting": 2}


def test_what_is_no_batch_is_not_found(browsers: Browsers, database: Database) -> None:
    register_many(database, 1)
    alice = browsers.of("U0ALICE")
    fields = asked(alice, "verb=cancel&batch=1")
    with database.begin() as session:
        session.add(Card(kind=IMPORT, channel="C0IMAGING", created_at=NOON))

    for number in ("2", "99", "-1", "x", "", "9" * 30, "<script>"):
        path = f"/board/registrations/act?verb=cancel&batch={number}"
        assert (number, alice.get(path).status_code) == (number, 404)
        sent = {**fields, "batch": number}
        answer = alice.post("/board/registrations/act", None, **sent)
        assert (number, answer.status_code) == (number, 404)
    assert states(database) == {"waiting": 1}
