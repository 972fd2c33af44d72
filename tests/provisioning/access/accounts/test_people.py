"""The copy of Slack's people: who is in it, how old it is, and who loses their session by it."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.accounts import links, people, sessions
from provisioning.access.accounts.keeper import PeopleKeeper
from provisioning.access.accounts.models import LINK, SLACK
from provisioning.access.accounts.people import Member, PeopleReading
from tests.support.fixtures.doors import NOON

GUEST = Sentence("you are a guest in this workspace; ask a full member to do it")
ALICE = Member("U0ALICE", "Alice", "de", None)
BOB = Member("U0BOB", "Bob", "en", None)


def reading(*members: Member, **groups: Collection[str]) -> PeopleReading:
    return PeopleReading("T0HOUSE", members, {name: frozenset(ids) for name, ids in groups.items()})


def keep(database: Database, found: PeopleReading, at: datetime = NOON) -> None:
    with database.begin() as session:
        people.claim(session, at)
        people.record(session, found, people.compare(session, found), at)


@pytest.mark.postgresql(instead=True)
def test_each_reading_replaces_the_one_before(database: Database) -> None:
    keep(database, reading(ALICE, BOB, S0LAB=["U0ALICE"]))
    renamed = Member("U0ALICE", "Alice B.", "fr", GUEST)
    later = NOON + timedelta(minutes=2)
    keep(database, reading(renamed, Member("U0CAROL", "", "en", None), S0DESK=["U0BOB"]), later)

    with database.reading() as session:
        alice = people.standing(session, "U0ALICE", later)
        assert alice.account is not None
        assert (alice.account.name, alice.account.language) == ("Alice B.", "fr")
        assert alice.refusal == GUEST
        assert alice.team == "T0HOUSE"
        assert people.standing(session, "U0BOB", later).account is None
        assert people.names(session, ["U0CAROL", "U0BOB"]) == {"U0CAROL": "U0CAROL"}
    groups = people.Groups(database)
    assert groups.of("U0ALICE") == set()
    assert groups.of("U0BOB") == {"S0DESK"}


def test_who_left_a_group_is_in_it_for_two_seconds_more_at_most(database: Database) -> None:
    seconds = 0.0
    groups = people.Groups(database, clock=lambda: seconds)
    for members, is_in in ((["U0ALICE"], {"S0LAB"}), ([], set())):
        keep(database, reading(ALICE, S0LAB=members), NOON + timedelta(seconds=90 * seconds))
        assert groups.of("U0ALICE") == is_in
        seconds += 2


def test_a_copy_is_fresh_for_five_minutes(database: Database) -> None:
    with database.reading() as session:
        assert not people.standing(session, "U0ALICE", NOON).is_fresh
    keep(database, reading(ALICE))

    for minutes, is_fresh in ((0, True), (5, True), (5.1, False), (-6, False)):
        with database.reading() as session:
            at = NOON + timedelta(minutes=minutes)
            assert people.standing(session, "U0ALICE", at).is_fresh is is_fresh, minutes


@pytest.mark.postgresql(soak=True)
def test_those_who_are_refused_or_gone_lose_their_sessions(database: Database) -> None:
    keep(database, reading(ALICE, BOB))
    with database.begin() as session:
        tokens = {
            name: sessions.begin(session, name, way, "Browser", NOON)
            for name, way in (("U0ALICE", SLACK), ("U0BOB", SLACK), ("U0ADMIN", LINK))
        }
    keep(database, reading(Member("U0ALICE", "Alice", "en", GUEST)))

    with database.reading() as session:
        found = {name: sessions.find(session, token, NOON) for name, token in tokens.items()}
        assert [name for name, signed_in in found.items() if signed_in] == ["U0ADMIN"]
        assert not sessions.open_of(session, "U0ALICE", NOON)
        assert not sessions.open_of(session, "U0BOB", NOON)


@pytest.mark.postgresql(instead=True)
def test_a_link_lets_in_once_and_not_for_long(database: Database) -> None:
    with database.begin() as session:
        code, late = (links.make(session, "U0ADMIN", NOON) for _ in range(2))
    with database.begin() as session:
        assert links.redeem(session, f"{code}x", NOON) is None
        assert links.redeem(session, code, NOON) == "U0ADMIN"
        assert links.redeem(session, code, NOON) is None
        assert links.redeem(session, late, NOON + links.LIFETIME) is None


def test_one_reads_at_a_time_and_a_fault_keeps_what_is_there(database: Database) -> None:
    asked: list[Collection[str]] = []

    def read(groups: Collection[str]) -> PeopleReading:
        asked.append(groups)
        if len(asked) == 2:
            raise RollcallError("Slack is down.")
        return reading(ALICE)

    now = [NOON]
    keepers = [PeopleKeeper(database, read, lambda: ["S0LAB"], clock=lambda: now[0]) for _ in "ab"]
    for keeper in keepers:
        keeper.look()
    now[0] += people.INTERVAL
    for keeper in keepers:
        keeper.look()

    assert asked == [["S0LAB"], ["S0LAB"]]
    with database.reading() as session:
        assert people.standing(session, "U0ALICE", NOON).account is not None
