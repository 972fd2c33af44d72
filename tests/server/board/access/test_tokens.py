"""Tokens on the board: one's own, shown once; admins whom the policy names see all."""

import re
from datetime import UTC, datetime

from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access.programs import tokens
from provisioning.access.programs.models import CHANGE, READ
from tests.server.board.conftest import ORIGIN, Browsers

KEY = re.compile(r"rollcall_[0-9a-f]{48}")
FORM = {"name": "desk <b>", "act": [READ, CHANGE], "site": ["london"], "days": "30"}


def test_a_token_is_made_shown_once_and_does_what_its_maker_may(
    browsers: Browsers, database: Database
) -> None:
    bob = browsers.of("U0BOB")
    with capture_logs() as log:
        made = bob.post("/board/tokens", None, **FORM)
    (key,) = KEY.findall(made.text)

    assert made.headers["Cache-Control"] == "private, no-store"
    assert key not in str(log)
    shown = bob.get("/board/tokens").text
    assert not KEY.search(shown)
    assert "desk &lt;b&gt;" in shown
    with database.reading() as session:
        (token,) = tokens.listed(session)
    assert (token.made_by, set(token.acts), token.sites) == ("U0BOB", {READ, CHANGE}, ("london",))
    assert (token.expires_at - token.made_at).days == 30
    answer = bob.client.get(
        "/api/v1/token", headers={"Authorization": f"Bearer {key}"}, base_url=ORIGIN
    )
    assert answer.get_json()["made_by"] == "U0BOB"


def test_people_see_and_revoke_their_own_and_named_admins_all(
    browsers: Browsers, database: Database
) -> None:
    alice, bob, admin = (browsers.of(user) for user in ("U0ALICE", "U0BOB", "U0ADMIN"))
    for browser in (alice, bob):
        assert browser.post("/board/tokens", None, **FORM).status_code == 200

    assert alice.get("/board/tokens").text.count("/revoke") == 1
    assert alice.post("/board/tokens/2/revoke").status_code == 404
    assert admin.get("/board/tokens").text.count("/revoke") == 2
    assert alice.post("/board/tokens/1/revoke").location == "/board/tokens"
    assert admin.post("/board/tokens/2/revoke").location == "/board/tokens"
    assert admin.post("/board/tokens/99/revoke").status_code == 404
    with database.reading() as session:
        assert [token for token in tokens.listed(session) if not token.revoked_at] == []


def test_what_makes_no_sense_makes_no_token(browsers: Browsers, database: Database) -> None:
    bob = browsers.of("U0BOB")
    for wrong, status in (
        ({"name": "\u200b"}, 400),
        ({"act": []}, 400),
        ({"act": ["fly"]}, 400),
        ({"days": "0"}, 400),
        ({"days": "367"}, 400),
        ({"days": "x"}, 400),
        ({"site": ["lundon"]}, 404),
    ):
        answer = bob.post("/board/tokens", None, **{**FORM, **wrong})
        assert (wrong, answer.status_code) == (wrong, status)
    with database.begin() as session:
        assert tokens.listed(session) == []
        for _ in range(tokens.MAX_OPEN):
            wish = tokens.TokenRequest("x", (READ,))
            tokens.make(session, wish, made_by="U0ALICE", at=datetime.now(UTC))
    refused = browsers.of("U0ALICE").post("/board/tokens", None, **FORM)
    assert (refused.status_code, "as many tokens as one may have" in refused.text) == (409, True)
