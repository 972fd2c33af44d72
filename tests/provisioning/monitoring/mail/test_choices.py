"""Wishes for mail: addresses that people confirm, or from which no more is wanted."""

from datetime import timedelta

import pytest

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import Account
from provisioning.diagnostics import backlog_findings
from provisioning.monitoring.mail import choices, stops, suppressed
from provisioning.monitoring.mail.choices import (
    ConfirmationLinks,
    SpentLink,
    TooManyRequests,
    UnwantedMail,
)
from provisioning.monitoring.mail.models import ADDRESS, ALL, ATTENTION
from provisioning.monitoring.mail.suppressed import NotOfPolicy
from tests.provisioning.monitoring.mail.post import KEY, NOW, POLICY, Post
from tests.support.databases.turns import beside

STRANGER = "stranger@example.com"


def test_an_address_that_wants_no_more_of_a_kind_gets_none(post: Post) -> None:
    with post.database.begin() as session:
        stops.stop(session, "all@example.com", ATTENTION, NOW)
        stops.stop(session, "all@example.com", ATTENTION, NOW)
        stops.stop(session, "paris@example.com", ALL, NOW)
    post.fail("C02PARIS", "paris")
    post.pass_on(2)

    assert post.receivers == []


def test_an_admin_has_mail_sent_to_addresses_of_the_policy_again_and_to_no_others(
    post: Post,
) -> None:
    with post.database.begin() as session:
        for address in ("All@example.com", "eve@example.com"):
            for kind in (ATTENTION, ALL, ADDRESS):
                stops.stop(session, address, kind, NOW)
        [told] = suppressed.of_policy(session, POLICY)
        assert (told.address, [each.kind for each in told.stops]) == (
            "all@example.com",
            [ATTENTION, ALL],
        )
        said = backlog_findings(session, NOW, "/mac", POLICY)
        assert [each.message.partition(" ")[0] for each in said] == ["all@example.com"] * 2
        with pytest.raises(NotOfPolicy):
            suppressed.lift(session, POLICY, "eve@example.com")
        suppressed.lift(session, POLICY, "ALL@example.com")
        assert suppressed.of_policy(session, POLICY) == []
        assert stops.is_stopped(session, "all@example.com", ADDRESS)
    post.trouble("The disk is full.")
    post.pass_on(2)

    assert post.receivers == ["all@example.com"]


def test_a_later_request_ends_the_earlier_link_and_a_stop_ends_both(post: Post) -> None:
    def asked(address: str) -> str:
        with post.database.begin() as session:
            choices.ask(session, "U0BOB", address, NOW)
        post.pass_on()
        [link] = [line for line in post.text().splitlines() if "/board/mail/confirm/" in line]
        return link.rpartition("/")[2]

    links = ConfirmationLinks(KEY)
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
    first, second = asked("bob@example.com"), asked("bobby@example.com")
    with post.database.begin() as session:
        with pytest.raises(SpentLink):
            choices.confirm(session, links, first, NOW)
        choices.end(session, "U0BOB", NOW)
        with pytest.raises(SpentLink):
            choices.confirm(session, links, second, NOW)


def test_an_address_is_confirmed_by_the_link_that_is_mailed_there_and_once(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
        choices.ask(session, "U0BOB", " Bob@Example.com", NOW)
        assert choices.of_person(session, "U0BOB") is None
    post.pass_on()
    assert post.receivers == ["Bob@example.com"]
    link = next(line for line in post.text().splitlines() if "/board/mail/confirm/" in line)
    token = link.rpartition("/")[2]

    links = ConfirmationLinks(KEY)
    with post.database.begin() as session:
        assert choices.confirm(session, links, token, NOW).address == "Bob@example.com"
        for wrong in (token, f"{token}x", "1", "1-", "999-x", "x-y", "", "1-\ud800"):
            with pytest.raises(SpentLink):
                choices.confirm(session, links, wrong, NOW)


def test_requests_for_mail_to_strangers_are_limited(post: Post) -> None:
    with post.database.begin() as session:
        for number in range(3):
            choices.ask(session, "U0EVE", f"stranger{number}@example.com", NOW)
        with pytest.raises(TooManyRequests):
            choices.ask(session, "U0EVE", "stranger4@example.com", NOW)
        choices.ask(session, "U0MALLORY", "stranger0@example.com", NOW)
        with pytest.raises(TooManyRequests):
            choices.ask(session, "U0TRENT", "Stranger0@example.com", NOW)
        stops.stop(session, "never@example.com", ADDRESS, NOW)
        with pytest.raises(UnwantedMail):
            choices.ask(session, "U0TRENT", "never@example.com", NOW)
        choices.ask(session, "U0EVE", "stranger4@example.com", NOW + timedelta(days=1, hours=1))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_simultaneous_requests_both_count(database: Database) -> None:
    with database.begin() as session:
        for person in ("U0ALICE", "U0BOB")[: choices.MAX_TO_ADDRESS - 1]:
            choices.ask(session, person, STRANGER, NOW)

    with pytest.raises(TooManyRequests):
        beside(database, lambda session: choices.ask(session, "U0EVE", STRANGER, NOW))
