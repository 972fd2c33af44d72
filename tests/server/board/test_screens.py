"""Screens: paired by a code, with no right but to show their page, ended by who may."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text, update

from infrastructure.database.engine import Database
from provisioning.access.accounts import screens
from provisioning.access.accounts.models import Screen, ScreenTicket
from provisioning.munki import Destination
from provisioning.registrations.listings import columns
from provisioning.registrations.models import FAILED, Registration
from rollcall.application import Application
from tests.server.board.conftest import ORIGIN, Browser, Browsers
from tests.support.acting import register

COOKIE = "__Host-rollcall-screen"
CODE = re.compile(r'class="code">([B-Z]{4}-[B-Z]{4})<')


def code_on(screen: Browser) -> str:
    """The code that a browser shows."""
    found = CODE.search(screen.get("/board/wall").text)
    assert found is not None
    return found[1]


def pair(browsers: Browsers, user: str, site: str) -> Browser:
    """A screen that this person has paired."""
    screen = browsers.new()
    answer = browsers.of(user).post("/board/screens", code=code_on(screen), site=site)
    assert answer.status_code == 303, answer.text
    screen.get("/board/wall")
    return screen


def test_a_screen_shows_the_macs_of_its_site_and_no_person(
    browsers: Browsers, database: Database
) -> None:
    register(database, "C02LONDON")
    register(database, "C02PARIS", to=Destination("paris", "design"))
    with database.begin() as session:
        session.execute(update(Registration).values(computer_name="alices-mac"))
    screen = pair(browsers, "U0ALICE", "london")

    page = screen.get("/board/wall").text

    assert "C02LONDON" in page
    assert "C02PARIS" not in page
    assert "lice" not in page
    assert "form" not in page
    assert CODE.search(page) is None


def test_a_screen_may_do_nothing_but_show_its_page(browsers: Browsers) -> None:
    screen = pair(browsers, "U0ADMIN", "")

    for path in ("/board", "/board/screens", "/board/me", "/board/macs/C02NONE"):
        assert screen.get(path).location == "/board/sign-in", path
    assert screen.post("/board/screens/1/end").location == "/board/sign-in"
    assert screen.post("/board/wall").status_code == 405


def test_a_code_is_typed_as_people_type_and_paired_once(
    browsers: Browsers, database: Database
) -> None:
    screen, other = browsers.new(), browsers.new()
    typed = code_on(screen).lower().replace("-", " ")
    browsers.of("U0ALICE").post("/board/screens", code=f" {typed} ", site="london")

    assert CODE.search(other.get("/board/wall").text)
    assert "london" in screen.get("/board/wall").text
    assert CODE.search(other.get("/board/wall").text)
    with database.reading() as session:
        assert session.query(ScreenTicket).count() == 0


def test_a_slip_in_a_code_is_told(browsers: Browsers) -> None:
    alice, code = browsers.of("U0ALICE"), code_on(browsers.new())
    slips = [letter + code[1:] for letter in "BCDFGHJKLMNPQRSTVWXZ" if letter != code[0]]
    wrong = [*slips, "", code[:-1], code + "B", "<b>", "ÄÖÜ", "\0" * 8, "K" * 500]
    answers = [alice.post("/board/screens", code=each, site="london") for each in wrong]

    told = sum("No screen shows this code" in answer.text for answer in answers)
    assert told >= len(wrong) - 5  # one slip of twenty gives another code that could be one
    assert alice.post("/board/screens", code=code, site="<b>").status_code == 400


def test_only_who_may_change_a_site_has_a_screen_for_it_and_only_admins_for_all(
    browsers: Browsers,
) -> None:
    for user, site, status in (
        ("U0ALICE", "paris", 403),
        ("U0BOB", "paris", 303),
        ("U0ADMIN", "paris", 303),
        ("U0BOB", "", 403),
        ("U0ADMIN", "", 303),
    ):
        code = code_on(browsers.new())
        answer = browsers.of(user).post("/board/screens", code=code, site=site)
        assert answer.status_code == status, (user, site)
    page = browsers.of("U0ALICE").get("/board/screens").text
    assert "<option>paris" not in page
    assert "<option>london" in page
    assert "have a screen for all sites" in page


def test_a_screen_lives_on_with_its_cookie_and_a_new_server(
    browsers: Browsers, application: Application, database: Database
) -> None:
    screen = pair(browsers, "U0ALICE", "london")
    answer = screen.get("/board/wall")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    for part in (COOKIE, "Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie
    kept = screen.client.get_cookie(COOKIE, domain=urlsplit(ORIGIN).netloc)
    assert kept is not None
    anew: Flask = application.web_app()
    later = Browser(anew.test_client())
    later.client.set_cookie(COOKIE, kept.value, domain=urlsplit(ORIGIN).netloc)

    assert CODE.search(later.get("/board/wall").text) is None
    with database.reading() as session:
        stored = [str(vars(row)) for row in session.query(Screen)]
    assert kept.value not in str(stored)


def test_a_screen_is_listed_and_ended_by_who_may(browsers: Browsers) -> None:
    screen = pair(browsers, "U0BOB", "paris")
    alice, admin = browsers.of("U0ALICE"), browsers.of("U0ADMIN")

    listed = alice.get("/board/screens").text
    assert "Bob" in listed
    assert "disabled" in listed
    assert alice.post("/board/screens/1/end").status_code == 403
    assert CODE.search(screen.get("/board/wall").text) is None
    assert admin.post("/board/screens/1/end").status_code == 303
    assert admin.post("/board/screens/1/end").status_code == 404
    assert CODE.search(screen.get("/board/wall").text)
    assert "No screen is in use" in admin.get("/board/screens").text


def test_a_code_and_its_ticket_are_short_lived(browsers: Browsers, database: Database) -> None:
    screen = browsers.new()
    browsers.of("U0ALICE").post("/board/screens", code=code_on(screen), site="london")
    with database.begin() as session:
        session.execute(update(ScreenTicket).values(expires_at=datetime.now(UTC)))

    assert CODE.search(screen.get("/board/wall").text)


def test_who_looks_for_others_tickets_is_slowed_and_a_screen_that_waits_is_not(
    browsers: Browsers, database: Database
) -> None:
    waiting = browsers.new()
    code = code_on(waiting)
    waiting.get("/board/wall")
    guessing = browsers.new()
    statuses = []
    for number in range(25):
        guess = f"{number:043}"
        guessing.client.set_cookie(COOKIE, guess, domain=urlsplit(ORIGIN).netloc)
        statuses.append(guessing.get("/board/wall"))

    assert statuses[0].status_code == 200
    assert statuses[-1].status_code == 429
    assert statuses[-1].headers["Refresh"] == statuses[-1].headers["Retry-After"]
    assert waiting.get("/board/wall").status_code == 200
    browsers.of("U0ALICE").post("/board/screens", code=code, site="london")
    assert CODE.search(waiting.get("/board/wall").text) is None
    with database.reading() as session:
        assert session.query(Screen).count() == 1


@pytest.mark.postgresql
def test_the_newest_trouble_comes_first_and_a_screen_is_forgotten_in_the_end(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    register(database, "C02OLD", "C02NEW")
    with database.begin() as session:
        for serial, ago in (("C02OLD", 1), ("C02NEW", 2)):
            here = update(Registration).where(Registration.serial == serial)
            session.execute(here.values(state=FAILED, heard_at=now - timedelta(hours=ago)))
        for number, code in enumerate("ab"):
            screens.leave_ticket(session, code, "london", by="U0ALICE", at=now)
            screens.take_ticket(session, [code, "x"], f"{number}", "TV", now)
        assert [screen.digest for screen in screens.in_use(session)] == ["1", "0"]
        screens.revoke(session, 1, by="U0ALICE", permit=lambda _: None, at=now)
        found = columns.of(session, site="london", build="", text="", limit=8)
        assert [mac.serial for mac in found[FAILED][1]] == ["C02OLD", "C02NEW"]
        screens.prune(session, now + timedelta(days=31))
        assert [screen.digest for screen in screens.in_use(session)] == ["1"]
        screens.prune(session, now + timedelta(days=401))
        assert screens.in_use(session) == []


def test_a_page_that_a_failing_database_keeps_back_says_so_and_is_loaded_again_by_itself(
    browsers: Browsers, database: Database
) -> None:
    screen, alice = pair(browsers, "U0ALICE", "london"), browsers.of("U0ALICE")
    with database.begin() as session:
        for table in ("screens", "browser_sessions"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))

    asked = alice.get("/board/me", Accept="application/json")
    for lost in (screen.get("/board/wall"), alice.get("/board/me"), asked):
        assert (lost.status_code, lost.headers["Refresh"]) == (503, lost.headers["Retry-After"])
        assert '<p role="alert">The database cannot be used at this time.</p>' in lost.text
        assert lost.headers["X-Frame-Options"] == "DENY"
    assert "Refresh" not in alice.post("/board/sign-out").headers
