"""Sending mail: what is joined, and what becomes of a mail that is not taken."""

import re

from sqlalchemy import select

from provisioning.access.accounts.models import Account
from provisioning.diagnostics import backlog_findings
from provisioning.monitoring.mail import bounces, choices, stops
from provisioning.monitoring.mail.models import ATTENTION
from provisioning.policy import Policy
from provisioning.registrations.models import Registration
from tests.provisioning.monitoring.mail.post import (
    KEY,
    NOW,
    POLICY,
    Post,
    choose,
    states,
    told_in_slack,
)


def test_what_happens_within_a_minute_is_one_mail_and_the_next_follows_minutes_later(
    post: Post,
) -> None:
    for number in range(3):
        post.trouble(f"The disk {number} is full.")
    post.pass_on(2)
    assert post.receivers == ["all@example.com"]
    assert post.mailbox.mails[0]["Subject"] == "Rollcall: The disk 0 is full. (+2)"

    post.trouble("The disk 4 is full.")
    post.pass_on(2)
    assert len(post.mailbox.mails) == 1
    post.pass_on(5)
    assert len(post.mailbox.mails) == 2


def test_what_is_no_longer_so_is_not_mailed(post: Post) -> None:
    post.fail("C02PARIS", "paris")
    post.gatherer.step()
    with post.database.begin() as session:
        session.scalars(select(Registration)).one().state = "confirmed"
    post.pass_on(2)

    assert (post.receivers, set(states(post.database))) == ([], {"unsaid"})


def test_a_mail_has_what_programs_of_mail_want_and_no_html_of_others(post: Post) -> None:
    post.fail("C02PARIS", "paris")
    post.pass_on(2)

    mail = post.mailbox.mails[0]
    html = mail.get_body(("html",))
    assert html is not None
    assert "Copying &lt;b&gt; stopped" in html.get_content()
    assert not {"<b>", "<img"} & set(html.get_content().split())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [each["Content-Language"] for each in post.mailbox.mails] == ["en", "fr"]
    # In the bytes: a reader of mail that knows encoded words would not see that a link is one.
    [link] = re.findall(rb"(?m)^List-Unsubscribe: <(https://\S+)>\r$", post.mailbox.contents[0])
    token = link.decode().rpartition("/")[2]
    assert stops.StopLinks(KEY).read(token) == (post.receivers[0], ATTENTION)


def test_a_mail_server_that_is_away_for_a_day_loses_nothing_and_makes_no_flood(post: Post) -> None:
    post.mailbox.replies["MAIL"] = "451 not now"
    for hour in range(0, 24, 6):
        post.trouble(f"Trouble of hour {hour}.")
        post.pass_on(360)
    assert post.receivers == []

    post.mailbox.replies.clear()
    post.pass_on(5)
    assert post.receivers == ["all@example.com"]
    assert [hour for hour in range(0, 24, 6) if f"Trouble of hour {hour}." not in post.text()] == []


def test_a_mail_whose_answer_was_lost_is_sent_once_more_under_its_id(post: Post) -> None:
    post.mailbox.closes_behind = True
    post.trouble("The disk is full.")
    for _ in range(4):
        post.pass_on(10)

    first, second = post.mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert states(post.database) == ["sent"]


def test_an_address_that_bounces_is_noted_and_its_person_hears_of_it_in_slack(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
        choose(session, "U0BOB", "Bob@example.com")
    post.mailbox.replies["Bob@example.com"] = "550 no such user"
    for number in range(2):
        post.fail(f"C02BOB{number}", "lyon", by="U0BOB")
        post.pass_on(10)

    with post.database.reading() as session:
        assert [each.address for each in bounces.all_of(session)] == ["bob@example.com"]
        assert [each.kind for each in backlog_findings(session, NOW, "/mac", POLICY)] == [
            "bounced mail"
        ]
    [news] = told_in_slack(post.database, "U0BOB")
    assert "550 no such user" in news
    assert "parked" not in states(post.database)

    post.mailbox.replies.clear()
    with post.database.begin() as session:
        choose(session, "U0BOB", "BOB@example.com", post.now)
        assert bounces.all_of(session) == []
    post.fail("C02BOB2", "lyon", by="U0BOB")
    post.pass_on(10)
    assert "BOB@example.com" in post.receivers


def test_who_asks_for_mail_to_an_address_that_is_refused_hears_of_it(post: Post) -> None:
    post.mailbox.replies["bob@example.com"] = "550 <bob@example.com> *is* <!channel>"
    with post.database.begin() as session:
        choices.ask(session, "U0BOB", "bob@example.com", NOW)
    post.pass_on(2)

    [news] = told_in_slack(post.database, "U0BOB")
    assert "550 &lt;bob@example.com&gt;" in news
    assert "<" not in news, "the mail server writes markup in Slack"


def test_a_server_that_refuses_us_is_told_of_once_and_resent_when_that_is_fixed(post: Post) -> None:
    post.mailbox.replies["MAIL"] = "550 you are not wanted"
    post.policy = Policy.model_validate({"email": ["a@example.com", "b@example.com"]})
    post.trouble("The disk is full.")
    post.pass_on(2)
    assert states(post.database) == ["parked", "parked"]
    news = told_in_slack(post.database, "C0ALL")
    assert len([each for each in news if "you are not wanted" in each]) == 1

    post.mailbox.replies.clear()
    assert bounces.resend(post.database, limit=1) == 2
    post.pass_on(10)
    assert set(post.receivers) == {"a@example.com", "b@example.com"}


def test_what_looks_like_an_encoded_word_adds_no_header(post: Post) -> None:
    """Python would read it, with the line's end in it; a Mac or a person may have written it."""
    post.trouble("=?utf-8?q?full=0D=0ABcc:_eve=40example.com?= and =?utf-8?b?DQpCY2M6IGV2ZQ==?=")
    post.pass_on(2)

    [mail] = post.mailbox.mails
    assert mail["Bcc"] is None
    assert "Bcc:_eve" in mail["Subject"]
