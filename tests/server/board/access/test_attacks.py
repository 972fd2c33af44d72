"""Tokens, webhooks and mail on the board, for those who would do harm by them."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access.accounts.people import Member
from provisioning.access.models import METRICS
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ACTS
from provisioning.access.programs.tokens import TokenRequest
from provisioning.monitoring.mail import choices
from provisioning.monitoring.mail.choices import ConfirmationLinks
from provisioning.monitoring.mail.models import MailBounce, MailChoice, MailRequest, MailStop
from provisioning.monitoring.mail.stops import StopLinks
from provisioning.monitoring.webhooks import hooks
from provisioning.outbox.models import PARKED, Notification
from tests.server.board.conftest import PEOPLE, Browsers, read_people
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=x()>{{7*7}}"
TOKEN = {"name": "desk", "act": ["read"], "days": "30"}
ADDRESS = "o'{{7*7}}&lt@example.com"  # what of markup an address may have
LINE = "a\r\nSet-Cookie: evil=1\r\n\r\n<b>"


class Elements(HTMLParser):
    """The elements of a page that none of ours is, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and not str(named.get("src")).startswith("/board/static/"):
            self.foreign.append(tag)
        self.foreign += [tag] if tag in ("img", "iframe", "style", "base") else []
        self.foreign += [name for name in named if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_markup_of_others_stays_text_on_every_page_that_shows_it(
    browsers: Browsers, database: Database
) -> None:
    read_people(database, *PEOPLE, Member("U0EVE", MARKUP, "en", None))
    admin, eve = browsers.of("U0ADMIN"), browsers.of("U0EVE")
    now = datetime.now(UTC)
    eve.post("/board/tokens", None, **{**TOKEN, "name": MARKUP})
    url = "https://example.com/" + MARKUP.replace(" ", "+")
    admin.post("/board/webhooks", url=url, description=MARKUP)
    admin.post("/board/webhooks/1/test")
    admin.post("/board/webhooks", url=url, description=MARKUP)
    with database.begin() as session:
        session.execute(update(Notification).values(state=PARKED, reason=MARKUP))
        hooks.end(session, 2, by="U0EVE", reason=MARKUP, at=now)
        session.add(MailChoice(account_id="U0EVE", address=ADDRESS, confirmed_at=now))
        session.add(MailBounce(address=ADDRESS, reason=MARKUP, bounced_at=now))
    links = StopLinks(SECRET_KEY)
    shown = {
        "/board/tokens": (eve, MARKUP[:40]),
        "/board/webhooks": (admin, MARKUP),
        "/board/mail": (eve, ADDRESS),
        "/board/doctor": (admin, ADDRESS),
        "/board/me": (eve, MARKUP[:40]),
        links.make("", ADDRESS, "all"): (browsers.new(), ADDRESS),
    }

    for path, (browser, text) in shown.items():
        page = Elements(browser.get(path).text)
        assert page.foreign == [], path
        assert text in page.text, path
    for each in (admin.get("/board/tokens"), admin.get("/board/credentials")):
        assert Elements(each.text).foreign == []


def test_what_a_program_did_is_shown_with_its_name_as_text(
    browsers: Browsers, database: Database
) -> None:
    admin, now, name = browsers.of("U0ADMIN"), datetime.now(UTC), MARKUP[:60]
    with database.begin() as session:
        token = tokens.make(session, TokenRequest(name, ACTS), made_by=None, at=now)
    mac = {"serial": "C02XL0AAJGH5", "site": "london", "build": "design", "note": MARKUP}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    registered = admin.client.post("/api/v1/registrations", json=mac, headers=headers)
    assert registered.status_code == 201

    for path in ("log", "registrations", "macs/C02XL0AAJGH5", "batches", "batches/1"):
        page = Elements(admin.get(f"/board/{path}").text)
        assert (path, page.foreign) == (path, [])
        assert name[:30] in page.text, path


@for_each(
    ("path", "form", "beginning"),
    [
        ("/board/tokens", TOKEN, "rollcall_"),
        ("/board/credentials", {"opens": METRICS}, "rollcall_"),
        ("/board/webhooks", {"url": "https://example.com/"}, "whsec_"),
        ("/board/webhooks/1/key", {}, "whsec_"),
    ],
)
def test_a_page_with_a_secret_is_kept_nowhere_and_shown_once(
    browsers: Browsers, path: str, form: dict[str, Any], beginning: str
) -> None:
    admin = browsers.of("U0ADMIN")
    admin.post("/board/webhooks", url="https://example.com/")
    with capture_logs() as log:
        made = admin.post(path, None, **form)

    assert made.text.count(beginning) == 1
    assert made.headers["Cache-Control"] == "private, no-store"
    assert made.headers["Referrer-Policy"] == "same-origin"
    assert "Location" not in made.headers
    assert "ETag" not in made.headers
    assert beginning not in str(log)
    assert beginning not in admin.get(path.removesuffix("/1/key")).text


def test_no_line_of_a_form_or_of_a_link_becomes_a_header(
    browsers: Browsers, database: Database
) -> None:
    admin = browsers.of("U0ADMIN")
    answers = [
        admin.post("/board/tokens", None, **{**TOKEN, "name": LINE}),
        admin.post("/board/webhooks", url="https://example.com/", description=LINE),
        admin.post("/board/webhooks", url=f"https://example.com/{LINE}"),
        admin.post("/board/mail", address=f"a@example.com{LINE}"),
        admin.get("/board/mail/confirm/1-%0D%0ASet-Cookie:%20evil=1"),
        admin.post("/board/mail/stop/%0D%0ASet-Cookie:%20evil=1"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 400, 409, 404, 404]
    assert [answer for answer in answers if "evil" in str(answer.headers)] == []
    with database.reading() as session:
        assert tokens.listed(session)[0].name == "a Set-Cookie: evil=1 <b>"
        assert hooks.listed(session)[0].hook.description == "a Set-Cookie: evil=1 <b>"


def test_no_form_and_no_link_leads_away_from_the_board(browsers: Browsers) -> None:
    admin, away = browsers.of("U0ADMIN"), "next=https://evil.example&path=//evil.example"
    admin.post("/board/webhooks", url="https://example.com/")
    admin.post("/board/tokens", None, **TOKEN)

    for path in ("tokens/1/revoke", "webhooks/1/test", "webhooks/1/end", "mail/end"):
        answer = admin.post(f"/board/{path}?{away}", next="https://evil.example")
        assert answer.location == f"/board/{path.partition('/')[0]}"
    for path in ("mail", "tokens", "webhooks", "mail/stop/x"):
        location = browsers.new().get(f"/board/{path}?{away}").location
        assert location in (None, "/board/sign-in")


@pytest.fixture
def link(database: Database) -> str:
    """The link by which Alice's address is confirmed."""
    with database.begin() as session:
        choices.ask(session, "U0ALICE", "alice@example.com", datetime.now(UTC))
        request = session.scalars(select(MailRequest)).one()
        return ConfirmationLinks(SECRET_KEY).make("", request)


def choices_of(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(MailChoice))
        return [(each.account_id, each.address) for each in rows]


def test_a_scanner_that_opens_links_confirms_and_stops_nothing(
    browsers: Browsers, database: Database, link: str
) -> None:
    stop = StopLinks(SECRET_KEY).make("", "alice@example.com", "all")

    for path in (link, stop):
        for method in ("GET", "HEAD", "OPTIONS"):
            browsers.new().client.open(path, method=method)
        page = browsers.new().get(path)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert choices_of(database) == []
    with database.reading() as session:
        assert session.scalars(select(MailStop)).all() == []


def test_who_confirms_the_link_of_another_gives_them_the_address_and_has_no_mail(
    browsers: Browsers, database: Database, link: str
) -> None:
    assert browsers.of("U0BOB").post(link).status_code == 200

    assert choices_of(database) == [("U0ALICE", "alice@example.com")]


def test_a_link_that_is_old_or_was_followed_by_another_confirms_nothing(
    browsers: Browsers, database: Database, link: str
) -> None:
    with database.begin() as session:
        request = session.scalars(select(MailRequest)).one()
        request.made_at -= timedelta(hours=25)
    assert [browsers.new().get(link).status_code, browsers.new().post(link).status_code] == [
        404
    ] * 2

    with database.begin() as session:
        session.scalars(select(MailRequest)).one().made_at += timedelta(hours=25)
        choices.ask(session, "U0ALICE", "alice@example.org", datetime.now(UTC))
    assert browsers.new().post(link).status_code == 404
    assert choices_of(database) == []


def test_where_there_is_no_mail_server_nobody_waits_for_a_link(
    browsers: Browsers, database: Database
) -> None:
    asked = browsers.of("U0ALICE").post("/board/mail", address="alice@example.com")

    assert (asked.status_code, "There is no mail server" in asked.text) == (409, True)
    with database.reading() as session:
        assert session.scalars(select(MailRequest)).all() == []
