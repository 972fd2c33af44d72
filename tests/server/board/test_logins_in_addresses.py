"""A user and a password in an address of the settings: read by Macs at the most, and by nobody."""

import re

import pytest
from pydantic import AnyHttpUrl

from infrastructure.database.engine import Database
from rollcall.settings import ServerSettings
from tests.server.api.v1.conftest import make_token
from tests.server.board.conftest import Browsers
from tests.support.installation import PASSWORD, USERNAME
from tests.support.soaking import SOAK, soak

MAC = {"serial": "C02XL0AAJGH5", "site": "london", "build": "design"}
BOOTSTRAP, REPO = "hunter2", "hunter3"
# What is about the addresses, or made with them; `make soak` reads everything.
ABOUT = {
    "/",
    "/board/doctor",
    f"/board/macs/{MAC['serial']}/preview",
    "/readyz",
    "/installapplications.json",
}


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server whose addresses have logins, as a release of before allowed."""
    addresses = {
        "url": AnyHttpUrl(f"https://u:{BOOTSTRAP}@mac.invalid"),
        "repo_url": AnyHttpUrl(f"https://v:{REPO}@munki.invalid/repo"),
    }
    return server_settings.model_copy(update=addresses)


@soak
def test_no_page_and_no_answer_shows_it_but_what_macs_run(
    browsers: Browsers, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    people, others = browsers.of("U0ADMIN"), browsers.new().client
    token = {"Authorization": f"Bearer {make_token(database)}"}
    made = others.post("/api/v1/registrations", json=MAC, headers={**token, "Idempotency-Key": "1"})
    assert made.status_code == 201
    shown, read = set[str](), 0
    for rule in people.client.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule.replace("<path:text>", MAC["serial"]))
        if path not in ABOUT and not SOAK:
            continue
        if path.startswith("/board"):
            answer = people.get(path)
        elif path.startswith("/api/v1"):
            answer = others.get(path, headers=token)
        else:
            answer = others.get(path, auth=(USERNAME, PASSWORD), query_string={**MAC, "full": ""})
        read += answer.status_code == 200
        told = f"{answer.headers}{answer.data.decode(errors='replace')}"
        assert (path, REPO in told) == (path, False)
        if BOOTSTRAP in told:
            shown.add(path)

    assert shown <= {"/", "/imagr_config.plist", "/installapplications.json"}
    assert "/" in shown
    assert read >= len(ABOUT)
    assert "hunter" not in capsys.readouterr().out
