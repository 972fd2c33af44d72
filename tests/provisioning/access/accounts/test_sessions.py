"""Sessions of browsers: found by their id alone, until they end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.accounts import open_sessions, outsiders, sessions
from provisioning.access.accounts.models import LINK, SLACK, Account, BrowserSession, OutsideAccount
from provisioning.access.accounts.outsiders import Outsider
from tests.support.fixtures.doors import NOON


@pytest.fixture(autouse=True)
def alice(database: Database) -> None:
    """Somebody who may use Rollcall."""
    with database.begin() as session:
        session.add(Account(id="U0ALICE", name="Alice", language="de", refusal=None))


@pytest.mark.postgresql(instead=True)
def test_a_session_is_found_by_its_id_until_it_is_over(database: Database) -> None:
    with database.begin() as session:
        token = sessions.begin(session, "U0ALICE", SLACK, "Firefox\n\x1b[31m", NOON)
    with database.reading() as session:
        found = sessions.find(session, token, NOON)
        assert found is not None
        assert (found.account_id, found.name, found.language) == ("U0ALICE", "Alice", "de")
        assert sessions.find(session, token[:-1], NOON) is None
        assert sessions.find(session, token, NOON + sessions.LIFETIME) is None
        (row,) = session.scalars(select(BrowserSession))
        assert token not in (row.digest, row.agent)
        assert "\x1b" not in row.agent


def test_a_session_by_link_is_shorter(database: Database) -> None:
    with database.begin() as session:
        token = sessions.begin(session, "U0ALICE", LINK, "", NOON)
        assert sessions.find(session, token, NOON) is not None
        assert sessions.find(session, token, NOON + sessions.LIFETIME_BY_LINK) is None


@pytest.mark.postgresql(instead=True)
def test_a_person_ends_their_own_sessions_alone(database: Database) -> None:
    with database.begin() as session:
        token = sessions.begin(session, "U0ALICE", SLACK, "", NOON)
        (row,) = sessions.open_of(session, "U0ALICE", NOON)
        assert not sessions.revoke(session, row.id, "U0MALLORY", NOON)
        assert sessions.find(session, token, NOON) is not None
        assert sessions.revoke(session, row.id, "U0ALICE", NOON)
    with database.begin() as session:
        assert sessions.find(session, token, NOON) is None
        sessions.prune(
            session, NOON + sessions.LIFETIME + sessions.RETENTION + timedelta(seconds=1)
        )
        assert session.scalars(select(BrowserSession)).all() == []


def test_tokens_of_forms_differ_by_session(database: Database) -> None:
    with database.begin() as session:
        first, second = (sessions.begin(session, "U0ALICE", SLACK, "", NOON) for _ in "ab")

    assert sessions.form_token(first) != sessions.form_token(second)
    assert first not in sessions.form_token(first)


@pytest.mark.postgresql(instead=True)
def test_everybodys_are_found_by_name_and_ended(database: Database) -> None:
    outsider = Outsider("okta", "https://okta.example", "1%", "Ada", "de", frozenset({"it"}))
    with database.begin() as session:
        for name in ("Eve", "Ada"):
            outsiders.record(session, replace(outsider, name=name), NOON)
        token = sessions.begin(session, outsider.account_id, "okta", "", NOON)
        for minutes in (2, 1):
            sessions.begin(session, "U0ALICE", SLACK, "", NOON - timedelta(minutes=minutes))
        ended = sessions.begin(session, "U0ALICE", SLACK, "", NOON - sessions.LIFETIME)
    with database.begin() as session:
        assert sessions.find(session, ended, NOON) is None
        found = sessions.find(session, token, NOON)
        assert found is not None
        assert (found.author, found.language) == ("okta:1%25 Ada", "de")
        assert found.outside == sessions.OutsiderFacts(
            "okta", "https://okta.example", frozenset({"it"})
        )
        assert [each.name for each in open_sessions.open_of_all(session, NOON, text="AD")] == [
            "Ada"
        ]
        newest_first = [each.seen_at for each in open_sessions.open_of_all(session, NOON)]
        assert newest_first == [NOON - timedelta(minutes=minutes) for minutes in (0, 1, 2)]
        open_sessions.end_all_but(session, frozenset(), frozenset({"U0ALICE"}), NOON)
        (row,) = open_sessions.open_of_all(session, NOON)
        assert open_sessions.end_one(session, row.id, NOON) == "okta:1%25"
        assert open_sessions.end_one(session, row.id, NOON) is None
        assert open_sessions.end_all(session, NOON) == 0
        sessions.prune(session, NOON + timedelta(days=31))
        assert session.scalars(select(OutsideAccount)).all() == []
