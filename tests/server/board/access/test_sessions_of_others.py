"""The sessions of others: admins whom the policy names see and end them, and nobody else does."""

import re
from pathlib import Path

from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.server.board.conftest import Browsers, read_people

PAGE = "/board/sessions/others"


def numbers(page: str) -> list[str]:
    """The numbers of the sessions on the page."""
    return re.findall(r"/sessions/others/(\d+)/end", page)


def test_an_admin_sees_the_sessions_of_everybody_and_ends_them(browsers: Browsers) -> None:
    alice, again, bob = (browsers.of(f"U0{who}") for who in ("ALICE", "ALICE", "BOB"))
    admin = browsers.of("U0ADMIN")
    assert PAGE in admin.get("/board/sessions").text

    page = admin.get(PAGE).text
    assert len(numbers(page)) == 4
    assert "Alice &lt;b&gt;" in page
    assert "Test browser. Signed in by: Slack" in page
    (number,) = numbers(admin.get(f"{PAGE}?q=bo").text)
    assert numbers(admin.get(f"{PAGE}?q=%25").text) == []

    with capture_logs() as log:
        assert admin.post(f"{PAGE}/{number}/end").location == PAGE
    assert [(line["of"], line["by"]) for line in log if line["event"] == "sessions ended"] == [
        ("U0BOB", "U0ADMIN")
    ]
    assert bob.get("/board").location == "/board/sign-in"
    assert admin.post(f"{PAGE}/{number}/end").status_code == 404

    assert admin.post(f"{PAGE}/end-all", account="U0ALICE").location == PAGE
    assert {each.get("/board").location for each in (alice, again)} == {"/board/sign-in"}
    assert admin.post(f"{PAGE}/end-all", account="").status_code == 404
    assert len(numbers(admin.get(PAGE).text)) == 1


def test_who_is_no_named_admin_sees_and_ends_no_session_of_others(browsers: Browsers) -> None:
    alice, bob = browsers.of("U0ALICE"), browsers.of("U0BOB")
    own = re.findall(r"/board/sessions/(\d+)/end", bob.get("/board/sessions").text)

    assert "You may not see and end the sessions of others" in alice.get("/board/sessions").text
    for answer in (
        alice.get(PAGE),
        alice.post(f"{PAGE}/{own[0]}/end"),
        alice.post(f"{PAGE}/end-all", account="U0BOB"),
    ):
        assert (answer.status_code, "You may not see" in answer.text) == (403, True)
    assert bob.get("/board").status_code == 200


def test_without_admins_in_the_policy_nobody_does(
    server_settings: ServerSettings, database: Database, repo_folder: Path
) -> None:
    policy = repo_folder / "bare.toml"
    policy.write_text("")
    bare = server_settings.model_copy(update={"policy": policy})
    browsers = Browsers(Application(bare, database=database).web_app(), database)
    read_people(database)
    assert browsers.of("U0ADMIN").get(PAGE).status_code == 403


def test_a_form_of_elsewhere_ends_nothing(browsers: Browsers) -> None:
    admin, bob = browsers.of("U0ADMIN"), browsers.of("U0BOB")
    evil = {"Origin": "https://evil.example"}
    assert admin.post(f"{PAGE}/end-all", evil, account="U0BOB").status_code == 403
    assert bob.get("/board").status_code == 200
