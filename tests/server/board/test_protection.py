"""The safety of the board: its headers, its forms, its cookies, and where there is no board."""

from html.parser import HTMLParser
from pathlib import Path

from flask.testing import FlaskClient
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from rollcall.application import Application
from server.answers import STATIC
from server.board.pages import HEADERS
from tests.server.board.conftest import COOKIE, ORIGIN, Browsers
from tests.support.running import settings

PAGES = (
    "/board", "/board/", "/board/me", "/board/sessions", "/board/macs/C02NONE",
    "/board/screens", "/board/wall", "/board/registrations", "/board/places",
    "/board/statistics", "/board/log", "/board/doctor", "/board/credentials", "/board/webhooks",
    "/board/sign-in", "/board/link?code=x", "/board/static/board.css", "/board/sign-in/none",
)  # fmt: skip
CALLBACK = "/board/sign-in/slack/callback"


def test_without_its_address_there_is_no_board(repo_folder: Path, database: Database) -> None:
    app = Application(settings.server_settings(repo_folder), database=database).web_app()
    client: FlaskClient = app.test_client()

    assert {client.get(path).status_code for path in PAGES} == {404}


def test_every_answer_has_the_headers(browsers: Browsers) -> None:
    alice, nobody = browsers.of("U0ALICE"), browsers.new()
    answers = [each.get(path) for each in (alice, nobody) for path in PAGES]
    answers.append(alice.post("/board/sign-out", {"Origin": "https://evil.example"}))

    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "private, no-store"
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_only_the_sign_in_is_shown_to_those_who_are_not_in(browsers: Browsers) -> None:
    for path in ("/board", "/board/me", "/board/sessions", "/board/macs/C02NONE"):
        assert browsers.new().get(path).location == "/board/sign-in", path
    assert browsers.new().post("/board/macs/C02NONE/cancel").location == "/board/sign-in"


def test_a_form_of_elsewhere_does_nothing(browsers: Browsers) -> None:
    alice, other = browsers.of("U0ALICE"), browsers.of("U0ALICE")
    forged: tuple[tuple[dict[str, str], str], ...] = (
        ({"Origin": "https://evil.example"}, alice.token),
        ({"Origin": "null"}, alice.token),
        ({"Origin": ""}, alice.token),
        ({"Sec-Fetch-Site": "cross-site"}, alice.token),
        ({"Sec-Fetch-Site": "same-site"}, alice.token),
        ({}, other.token),
        ({}, ""),
    )
    for headers, token in forged:
        answer = alice.post("/board/sign-out", headers, form_token=token)
        assert (answer.status_code, "nothing was done" in answer.text) == (403, True), headers
    assert alice.get("/board").status_code == 200

    assert alice.post("/board/sign-out").location == "/board/sign-in"
    assert alice.get("/board").location == "/board/sign-in"


def test_ids_of_sessions_cannot_be_guessed_at_speed(browsers: Browsers) -> None:
    answers = []
    for number in range(22):
        browser = browsers.new()
        browser.client.set_cookie(COOKIE, f"guess{number}", domain="rollcall.example.com")
        answers.append(browser.get("/board"))

    assert [answer.status_code for answer in answers[:2]] == [303, 303]
    assert answers[-1].status_code == 429
    assert browsers.of("U0ALICE").get("/board").status_code == 200


def test_an_ended_session_is_no_guess(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")
    old = alice.cookie
    alice.post("/board/sign-out")
    alice.client.set_cookie(COOKIE, old, domain="rollcall.example.com")

    assert {alice.get("/board").status_code for _ in range(25)} == {303}


def test_numbers_that_no_database_has_are_not_found(browsers: Browsers) -> None:
    admin = browsers.of("U0ADMIN")

    for path in (
        *("sessions/{}/end", "sessions/others/{}/end", "screens/{}/end", "batches/1/undo/{}"),
        *("registrations/undo/{}", "macs/C02A/undo/{}", "imports/{}/drop"),
    ):
        for number in (2**31, 2**70):
            answer = admin.post(f"/board/{path.format(number)}")
            assert (path, answer.status_code) == (path, 404)


def test_nothing_secret_of_a_browser_is_logged(browsers: Browsers) -> None:
    with capture_logs() as log:
        alice = browsers.of("U0ALICE")
        alice.get("/board")
        browsers.new().get("/board/link?code=the-code-of-a-link")
        alice.get(f"{CALLBACK}?code=the-code-of-slack&state=x")

    assert {"/board", "/board/link", CALLBACK} <= {line.get("path") for line in log}
    for secret in (alice.cookie, alice.token, "the-code-of"):
        assert secret not in str(log)


class _Scripts(HTMLParser):
    """Finds what the Content-Security-Policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in named):
            self.inline.append(tag)
        self.inline += [name for name in named if name == "style" or name.startswith("on")]


def test_the_log_says_who_sent_a_form(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")

    with capture_logs(processors=[merge_contextvars]) as lines:
        alice.get("/board/me")
        alice.post("/board/imports/1/choose")
        alice.post("/board/sign-out", {"Origin": "https://evil.example"})

    said = [(line["path"], line.get("by")) for line in lines if line["event"] == "request"]
    assert said == [
        ("/board/me", None),
        ("/board/imports/1/choose", "U0ALICE"),
        ("/board/sign-out", None),
    ]


def test_no_page_has_a_script_or_a_style_in_it(browsers: Browsers) -> None:
    admin = browsers.of("U0ADMIN")
    for path in PAGES:
        if not path.endswith(".css"):
            found = _Scripts()
            found.feed(admin.get(path).text)
            assert found.inline == [], path
    assert "https://" not in (STATIC / "board.js").read_text()
    assert ORIGIN.startswith("https://")
