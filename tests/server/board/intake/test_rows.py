"""Rows of a dry run put right on the board: single ones, all that are alike, by two people."""

import html
import re

import pytest

from infrastructure.database.engine import Database
from tests.server.board.conftest import ORIGIN, Browser, Browsers
from tests.server.board.intake.conftest import FIRST, LIST, SECOND, HandIn, registered, seen, stored

HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
_FIELD = re.compile(r'name="(\w+-\d+)"[^>]* value="([^"]*)"')


def fields(browser: Browser, path: str, **changed: str) -> dict[str, str]:
    """The fields of the rows as a browser shows them, with some filled in otherwise."""
    text = html.unescape(browser.get(f"{path}/rows").text)
    shown = dict(_FIELD.findall(text))
    return {**shown, **{name.replace("_", "-"): value for name, value in changed.items()}}


def one_line(value: str) -> str:
    """The value of a field of one line, as a browser makes it."""
    return value.replace("\r", "").replace("\n", "").replace("\0", "\ufffd")


@pytest.mark.postgresql(instead=True)
def test_a_row_is_put_right_and_that_is_undone(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"Serial,Site,Build\n{FIRST},lundon,design\n{SECOND},london,design\n")
    assert "Edit 1 row" in alice.get(path).text
    page = alice.get(f"{path}/rows").text
    assert "1 Mac waits for a choice." in page
    assert "there is no site of that name" in page

    saved = alice.post(f"{path}/rows", None, **fields(alice, path, site_0="london"))
    after = alice.get(saved.location).text
    assert saved.status_code == 303
    nul = fields(alice, path, site_0="lon\0don")
    assert alice.post(f"{path}/rows", None, **nul).status_code == 303
    assert "Nothing waits for a choice any more." in after
    assert "Changed by Alice &lt;b&gt;" in after
    assert "2 Macs can be registered" in alice.get(path).text

    edit = after.split('name="edit" value="')[1].split('"')[0]
    assert alice.post(f"{path}/rows/undo", None, edit=edit).status_code == 303
    assert alice.post(f"{path}/rows/undo", None, edit=edit).status_code == 409
    assert "1 Mac can be registered" in alice.get(path).text
    alice.post(f"{path}/register", None, seen=seen(alice, path))
    assert [row[0] for row in registered(database)] == [SECOND]
    assert alice.get(f"{path}/rows").location == path


def test_a_cell_with_two_lines_does_not_stop_the_rows_beside_it(
    alice: Browser, hand_in: HandIn
) -> None:
    path = hand_in(alice, f'Serial,Site,Build\n"C02\nX!!",london,design\n{FIRST},lundon,design\n')

    sent = fields(alice, path, site_0="london")
    saved = alice.post(f"{path}/rows", None, **{name: one_line(sent[name]) for name in sent})

    assert saved.status_code == 303
    assert "1 Mac can be registered" in alice.get(path).text


def test_the_second_of_two_people_is_told_and_keeps_what_they_filled_in(
    alice: Browser, bob: Browser, hand_in: HandIn
) -> None:
    path = hand_in(alice, "Serial,Site,Build\nC02XG0FDJGHO,london,design\n")
    mine = fields(alice, path, site_0="new york")

    first = bob.post(f"{path}/rows", None, **fields(bob, path, decision_0="take"))
    second = alice.post(f"{path}/rows", None, **mine)
    page = html.unescape(second.text)

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody else changed the rows marked below" in page
    assert '<fieldset class="noticed">' in page
    assert "Changed by Bob" in page
    assert dict(_FIELD.findall(page))["site-0"] == "new york"
    # Again: this time they saw it.
    again = dict(_FIELD.findall(page))
    assert alice.post(f"{path}/rows", None, **again).status_code == 303
    assert "new york / design" in alice.get(path).text


def test_what_cannot_be_is_said_and_kept_in_its_field(alice: Browser, hand_in: HandIn) -> None:
    path = hand_in(alice, f"Serial,Site\n{FIRST},lundon\n{SECOND},lundon\n")

    for serial, said in ((HOSTILE, "Nothing was saved"), (SECOND, "is in the list twice")):
        answer = alice.post(f"{path}/rows", None, **fields(alice, path, serial_0=serial))
        assert (answer.status_code, said in html.unescape(answer.text)) == (409, True)
        assert "<script>alert" not in answer.text
        assert serial in html.unescape(answer.text)
    for strange in (
        {"version-0": "x", "serial-0": "y"},
        {"version-999999": "1", "serial-999999": FIRST},
        {"version-0": "9" * 20, "shown-0": HOSTILE, "page": "x", "to": "-5"},
    ):
        assert alice.post(f"{path}/rows", None, **strange).status_code in (303, 409)
    assert "Edit 2 rows" in alice.get(path).text


def test_rows_that_are_alike_are_changed_together(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"Serial,Site,Build\n{FIRST},HQ,design\n{SECOND},HQ,design\n")
    page = html.unescape(alice.get(f"{path}/rows").text)
    assert "There is no site “HQ”, which 2 rows named." in page
    digest = page.split('name="alike" value="')[1].split('"')[0]

    for act, alike, status in (("name", "gone", 409), ("explode", digest, 409), ("bare", "", 409)):
        answer = alice.post(f"{path}/rows/alike", None, act=act, alike=alike, name="london")
        assert (act, answer.status_code) == (act, status)
    done = alice.post(f"{path}/rows/alike", None, act="name", alike=digest, name="london")

    assert done.status_code == 303
    assert "2 Macs can be registered" in alice.get(path).text
    assert len(stored(database)) == 1


def test_rows_of_others_are_for_who_may_register_there(
    alice: Browser, bob: Browser, hand_in: HandIn
) -> None:
    path = hand_in(bob, f"Serial,Site,Build\n{FIRST},lundon,design\nC02XG0FDJGHO,paris,design\n")

    for changed, said in (
        ({"build_0": "basic"}, "Only the person who handed these Macs in"),
        ({"decision_1": "take"}, "You may not register Macs for Paris."),
        ({"site_0": "paris"}, "You may not register Macs for Paris."),
    ):
        refused = alice.post(f"{path}/rows", None, **fields(alice, path, **changed))
        assert (refused.status_code, said in html.unescape(refused.text)) == (403, True)
    assert bob.post(f"{path}/rows", None, **fields(bob, path, decision_1="take")).status_code == 303


@pytest.mark.postgresql(instead=True)
def test_what_no_database_or_repo_has_is_refused_or_left_out(
    browsers: Browsers, alice: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"Serial,Site,Build\n{FIRST},lundon,design\n{SECOND},,design\n")
    alike = alice.get(f"{path}/rows").text.split('name="alike" value="')[1].split('"')[0]

    for site in ("mars", "london\0", "x" * 400):
        assert alice.post(f"{path}/choose", None, site=site).status_code == 404
    assert stored(database)[0].site is None
    named = alice.post(f"{path}/rows/alike", None, act="name", alike=alike, name="london\0")
    account = "U0NOBODY\0"
    ended = browsers.of("U0ADMIN").post("/board/sessions/others/end-all", None, account=account)

    assert (named.status_code, ended.status_code) == (303, 404)
    assert "1 Mac can be registered" in alice.get(path).text


def test_a_field_without_a_name_is_no_field(alice: Browser, hand_in: HandIn) -> None:
    """Browsers send none; who makes a form by hand may."""
    path = hand_in(alice, LIST) + "/rows"
    parts = ("form-data; name=form_token\r\n\r\n" + alice.token, "form-data\r\n\r\nx")
    body = "".join(f"--x\r\nContent-Disposition: {part}\r\n" for part in parts) + "--x--\r\n"
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}
    answer = alice.client.post(path, headers=headers, data=body, base_url=ORIGIN)
    assert (answer.status_code, answer.location) == (303, f"{path}?page=0")
