"""Answers to typed messages: one each, of which it is said where none comes."""

from datetime import timedelta

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox import answers
from provisioning.outbox.models import Notification
from tests.support.fixtures.doors import Clock


def test_an_answer_is_given_once_however_often_slack_sends_the_message(
    database: Database, clock: Clock
) -> None:
    with database.begin() as session:
        one, two = (
            answers.claim(session, "typed:C1:1.1", channel="C1", payload={}, at=clock())
            for _ in range(2)
        )

    assert (one, two) == (True, False)


def test_a_claim_that_nobody_fills_says_so_after_a_minute(database: Database, clock: Clock) -> None:
    with database.begin() as session:
        answers.claim(session, "typed:C1:1.1", channel="C1", payload={"text": "sorry"}, at=clock())
        row = session.scalars(select(Notification)).one()

        assert row.due_at == clock() + timedelta(minutes=1)
        answers.give(session, "typed:C1:1.1", channel="C1", payload={"text": "done"}, at=clock())
        session.refresh(row)
        assert row.facts == {"text": "done"}
        assert row.due_at is None


def test_an_answer_that_comes_late_is_a_second_message(database: Database, clock: Clock) -> None:
    with database.begin() as session:
        answers.claim(session, "typed:C1:1.1", channel="C1", payload={"text": "sorry"}, at=clock())
        session.scalars(select(Notification)).one().attempts = 1

        answers.give(session, "typed:C1:1.1", channel="C1", payload={"text": "done"}, at=clock())

        texts = [row.facts["text"] for row in session.scalars(select(Notification))]
    assert texts == ["sorry", "done"]
