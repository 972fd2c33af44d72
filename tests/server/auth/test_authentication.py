"""Authentication of Macs: credentials that are accepted, and headers that are refused."""

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import Unauthorized
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from provisioning.access.errors import InvalidToken
from provisioning.access.tokens import Tokens
from server.auth.authentication import Callers, Grant
from server.auth.guards import Guard
from server.auth.throttling import Throttle
from tests.fakes.mac.installapplications import basic
from tests.support.fixtures.repo import LONDON
from tests.support.inputs import strategies
from tests.support.installation import PASSWORD, SECRET_KEY, USERNAME
from tests.support.tables import for_each

TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))


def callers(username: str = USERNAME, password: str = PASSWORD) -> Callers:
    """An authentication that accepts this pair and tokens; there are no keys of sites."""
    guard = Guard(lambda *_: None, Throttle())
    return Callers(username, password, find_credential=lambda _: None, tokens=TOKENS, guard=guard)


def calling(authorization: str | None) -> Request:
    """A request with this header; None: without it."""
    environ = EnvironBuilder().get_environ()
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    return Request(environ)


def test_the_right_user_name_and_password_open_the_door() -> None:
    callers().admit(calling(basic(USERNAME, PASSWORD)))
    assert callers().grant(calling(basic(USERNAME, PASSWORD))) == Grant(None, None)


@for_each("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_opens_the_door_for_its_destination(scheme: str) -> None:
    grant = callers().grant(calling(f"{scheme} {TOKENS.issue(LONDON)}"))

    assert grant.token_grant is not None
    assert (grant.token_grant.destination, grant.allowed_site) == (LONDON, None)


def test_a_token_does_not_fetch_a_script() -> None:
    with pytest.raises(Unauthorized):
        callers().admit(calling(f"Bearer {TOKENS.issue(LONDON)}"))


def test_a_user_name_and_a_password_that_are_not_ascii_work() -> None:
    callers("zoë", "pässwörd🍎").admit(calling(basic("zoë", "pässwörd🍎")))


def test_a_password_may_hold_colons() -> None:
    callers("imaging", "a:b:c").admit(calling(basic("imaging", "a:b:c")))


@for_each(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !",
        "Basic /w==",
        f"Basic {USERNAME}:{PASSWORD}",
        basic(USERNAME, ""),
        basic("", PASSWORD),
        basic(USERNAME, PASSWORD + " "),
        basic(USERNAME.upper(), PASSWORD),
        basic(PASSWORD, USERNAME),
        f"Digest username={USERNAME}",
        "Bearer",
    ],
)
def test_anything_else_is_refused_with_the_challenge_that_imagr_answers(
    authorization: str | None,
) -> None:
    with pytest.raises(Unauthorized) as caught:
        callers().admit(calling(authorization))

    challenge = dict(caught.value.get_headers())["WWW-Authenticate"]
    assert challenge == 'Basic realm="Login Required"'


headers = st.sampled_from(["Basic ", "Bearer ", "Digest ", ""])
latin = st.characters(max_codepoint=0xFF)
contents = strategies.hostile | st.binary().map(lambda some: base64.b64encode(some).decode())


@given(headers, st.text(latin) | contents.map(lambda text: text.encode().decode("latin-1")))
def test_whatever_header_is_sent_the_door_stays_shut_and_nothing_breaks(
    kind: str, content: str
) -> None:
    with pytest.raises((Unauthorized, InvalidToken)):
        callers().grant(calling(kind + content))
    with pytest.raises(Unauthorized):
        callers().admit(calling(kind + content))


def test_who_was_let_in_once_is_let_in_again_and_nobody_else_with_them() -> None:
    door = callers()
    for _ in range(2):
        assert door.admit(calling(basic(USERNAME, PASSWORD))) is None
        with pytest.raises(Unauthorized):
            door.admit(calling(basic(USERNAME, PASSWORD + "x")))
        with pytest.raises(Unauthorized):
            door.admit(calling(""))
