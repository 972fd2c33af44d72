"""Tokens of people: never wider than who made them, and gone when they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts import outsiders
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.credentials import UnknownCredential
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ACTS, ADMINISTER, CHANGE, READ, REGISTER
from provisioning.access.programs.tokens import TokenRequest, TooManyTokens, UnusableToken
from provisioning.munki import Destination
from tests.server.api.v1.conftest import Program, make_token
from tests.server.board.conftest import PEOPLE, read_people
from tests.support import acting
from tests.support.databases.turns import beside
from tests.support.soaking import rows_in_soak

ProgramWith = Callable[[str], Program]
POLICY = """
admins = ["U0ADMIN"]
[sites.paris]
group = "S0PARIS"
groups = {okta = ["paris-it"]}
[sign_in.okta]
issuer = "https://okta.example"
[sign_in.okta.groups]
readers = ["it"]
"""
PARIS = {"serial": "C02XL0AAJGH5", "site": "paris", "build": "design"}
LONDON = {**PARIS, "site": "london"}


ADA = Outsider("okta", "https://okta.example", "00u1", "Ada", "en", frozenset({"paris-it"}))
FULL = "you are no full member; ask a full member to do it"


pytestmark = pytest.mark.policy(POLICY)


def kind(answer: TestResponse) -> str:
    """The kind of the problem that an answer is; empty where it is none."""
    return str(answer.get_json().get("type", "")).rpartition("#")[2]


def test_a_token_is_never_wider_than_its_maker(
    program_with: ProgramWith, database: Database
) -> None:
    read_people(database)
    users = ("U0ALICE", "U0BOB", "U0ADMIN", "U0GUEST", "U0NOBODY")
    programs = {user: program_with(make_token(database, made_by=user)) for user in users}

    sure = {**PARIS, "is_sure": True}
    found = {
        user: kind(program.post("/registrations", {**sure, "serial": f"VM-{user}"}))
        for user, program in programs.items()
    }

    assert found == {
        "U0ALICE": "not-allowed",
        "U0BOB": "",
        "U0ADMIN": "",
        "U0GUEST": "maker-gone",
        "U0NOBODY": "maker-gone",
    }
    assert programs["U0ALICE"].post("/registrations", LONDON).status_code == 201
    shown = programs["U0ALICE"].get("/registrations").get_json()["items"][0]
    assert shown["registered_by"] == "U0ALICE"


def test_a_dry_run_is_approved_by_the_token_of_somebody_who_may(
    program_with: ProgramWith, work_all: Callable[[], None], database: Database
) -> None:
    read_people(database)
    of_alice, of_bob = (
        program_with(make_token(database, made_by=by)) for by in ("U0ALICE", "U0BOB")
    )
    sent = of_alice.post("/imports", {"text": "C02XG0FDJGH5 paris design"}).get_json()
    work_all()
    path = f"/imports/{sent['id']}/register"

    refused, done = of_alice.change(path, {}), of_bob.change(path, {})

    assert kind(refused) == "not-allowed"
    assert done.get_json()["imported"]["settled_by"] == "U0BOB"


def test_who_may_register_at_no_site_of_a_token_hands_nothing_in_by_it(
    program_with: ProgramWith, database: Database
) -> None:
    read_people(database)
    program = program_with(make_token(database, made_by="U0ALICE", sites=["paris"]))

    refused = program.post("/imports", {"text": "C02XG0FDJGH5"})
    ahead = {"Content-Type": "application/octet-stream"}
    sent = program.send("POST", "/imports/files", query={"name": "a"}, data=b"x", headers=ahead)

    assert (kind(refused), kind(sent)) == ("not-allowed", "not-allowed")


def test_what_a_maker_did_where_they_may_not_register_any_more_is_not_undone(
    program_with: ProgramWith, database: Database
) -> None:
    read_people(database)
    alice = program_with(make_token(database, made_by="U0ALICE"))
    serial, at = PARIS["serial"], datetime.now(UTC)
    acting.register(database, serial, by="U0ALICE", at=at)
    acting.move_now(database, serial, Destination("paris", "design"), by="U0ALICE", at=at)

    assert kind(alice.post("/operations/2/undo")) == "not-allowed"
    assert alice.get("/registrations/1").get_json()["site"] == "paris"


def test_a_token_ends_with_its_maker_and_loses_the_rights_that_they_lose(
    program_with: ProgramWith, database: Database
) -> None:
    read_people(database)
    bob = program_with(make_token(database, made_by="U0BOB"))
    assert bob.get("/token").get_json()["made_by"] == "U0BOB"

    leaving = [
        replace(each, refusal=Sentence(FULL)) if each.id == "U0BOB" else each for each in PEOPLE
    ]
    read_people(database, *leaving)

    answer = bob.get("/token")
    assert (answer.status_code, kind(answer)) == (401, "maker-gone")


def test_a_token_of_an_outsider_sleeps_a_week_after_they_last_signed_in(
    program_with: ProgramWith, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        outsiders.record(session, ADA, now)
    ada = program_with(make_token(database, made_by="okta:00u1 Ada"))
    assert ada.post("/registrations", PARIS).status_code == 201
    assert ada.post("/registrations", {**LONDON, "serial": "C02XL0ABJGH7"}).status_code == 403
    assert ada.get("/operations/1").get_json()["by"] == "Ada (okta)"

    for outsider, at in (
        (ADA, now - timedelta(days=8)),
        (replace(ADA, groups=frozenset()), now),
        (replace(ADA, issuer="https://evil.example"), now),
    ):
        with database.begin() as session:
            outsiders.record(session, outsider, at)
        assert kind(ada.get("/token")) == "maker-gone"


def needed(method: str, path: str) -> tuple[str, ...]:
    """The acts of which a token has to have one for a route."""
    if path == "/token":
        return ACTS
    if path.startswith(("/credentials", "/webhooks")):
        return (ADMINISTER,)
    if method == "get":
        return (READ,)
    if path.startswith("/imports") or path in ("/registrations", "/registrations/bulk", "/benches"):
        return (REGISTER,)
    return (CHANGE,)


def test_a_token_opens_the_routes_of_its_acts_alone(
    program_with: ProgramWith, database: Database
) -> None:
    programs = {act: program_with(make_token(database, act)) for act in ACTS}
    paths = programs[READ].document["paths"].items()
    for path, method in ((path, method) for path, methods in paths for method in methods):
        taken = tuple(
            act
            for act, each in programs.items()
            if kind(each.send(method.upper(), path.replace("{number}", "77"))) != "other-act"
        )
        assert taken == needed(method, path), path


def test_an_ended_or_revoked_token_opens_nothing(
    program_with: ProgramWith, database: Database
) -> None:
    at = datetime.now(UTC) - timedelta(days=91)
    ended = program_with(make_token(database, at=at))
    revoked = program_with(make_token(database))
    assert revoked.get("/token").status_code == 200

    with database.begin() as session:
        tokens.revoke(session, 2, datetime.now(UTC))

    assert [each.get("/token").status_code for each in (ended, revoked)] == [401, 401]


@rows_in_soak("other tests run its statements on SQLite", "sqlite")
@pytest.mark.postgresql(instead=True)
def test_people_see_and_revoke_their_own_tokens_whatever_they_are_called_now(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    for made_by in (
        "okta:1_ Ada",
        "okta:1_ Ada L.",
        "okta:11 Eve",
        "okta:1_1 Kim",
        "U0ALICE",
        None,
    ):
        make_token(database, made_by=made_by)
    with database.begin() as session:
        mine = [each.id for each in tokens.open_of(session, "okta:1_ Ada", now)]
        assert mine == [2, 1]
        for number in (3, 4, 5, 6, 99):
            with pytest.raises(UnknownCredential):
                tokens.revoke(session, number, now, made_by="okta:1_ Ada")
        tokens.revoke(session, 1, now, made_by="okta:1_ Renamed")
        assert [each.id for each in tokens.open_of(session, "okta:1_", now)] == [2]
        assert len(tokens.listed(session)) == 6


def test_what_makes_no_sense_makes_no_token(database: Database) -> None:
    wish = TokenRequest("x", (READ,))
    with database.begin() as session:
        for wrong in (
            replace(wish, name="\u200b"),
            replace(wish, acts=()),
            replace(wish, acts=(READ, "fly")),
            replace(wish, sites=()),
            replace(wish, lifetime=timedelta(days=367)),
            replace(wish, lifetime=timedelta(hours=1)),
        ):
            with pytest.raises(UnusableToken):
                tokens.make(session, wrong, made_by=None, at=datetime.now(UTC))
        for _ in range(tokens.MAX_OPEN):
            tokens.make(session, wish, made_by="U0BOB", at=datetime.now(UTC))
        with pytest.raises(TooManyTokens):
            tokens.make(session, wish, made_by="U0BOB", at=datetime.now(UTC))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_tokens_that_are_made_at_once_are_counted_both(database: Database) -> None:
    for _ in range(tokens.MAX_OPEN - 1):
        make_token(database, made_by="U0BOB")
    wish, now = TokenRequest("x", (READ,)), datetime.now(UTC)

    with pytest.raises(TooManyTokens):
        beside(database, lambda session: tokens.make(session, wish, made_by="U0BOB", at=now))
