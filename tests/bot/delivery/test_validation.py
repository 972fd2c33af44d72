"""Slack's opinion of our messages, as the doctor asks for it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import insert
from structlog.testing import capture_logs

from bot.delivery import validation
from infrastructure.database.engine import Database
from provisioning.monitoring.mail.models import ADDRESS
from provisioning.monitoring.webhooks import queues
from provisioning.outbox import outbox
from provisioning.outbox.models import ANSWER, MAIL, Notification
from provisioning.values.kinds import BOTH
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL, Installation
from tests.support.running.commandline import typed

Look = Callable[[], list[str]]


@pytest.fixture
def look(slack: Workspace, slack_client: WebClient, database: Database, clock: Clock) -> Look:
    """Ask Slack; returns the findings as sentences."""
    slack.pace.rate = None

    def found() -> list[str]:
        findings = validation.findings(slack_client, database, clock(), BOTH)
        return [str(finding) for finding in findings]

    return found


@pytest.fixture
def wrong(database: Database, clock: Clock) -> None:
    """An answer of the outbox that Slack would not take."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": ""}}
    with database.begin() as session:
        outbox.enqueue_message(
            session,
            ANSWER,
            channel=CHANNEL,
            payload={"text": "x", "blocks": [section], "thread_ts": None},
            at=clock(),
        )


def asked(slack: Workspace) -> list[str]:
    """The questions that Slack was asked, by what was to be validated."""
    return [
        next(iter(call.arguments.keys() & {"view", "blocks"}))
        for call in slack.calls
        if call.method == "blocks.validate"
    ]


def test_the_form_and_the_newest_of_each_kind_are_validated_once(
    floor: Floor, slack: Workspace, look: Look
) -> None:
    for serial in ("C02AAA", "C02BBB"):
        floor.register(serial)
        floor.confirm(serial)
    floor.trouble("The repo is read-only.")

    assert look() == []
    assert sorted(asked(slack)) == ["blocks", "blocks", "blocks", "view", "view"]


def test_a_kind_of_message_of_a_newer_release_is_left_out(
    floor: Floor, database: Database, slack: Workspace, look: Look, clock: Clock
) -> None:
    """As after the way back to this one."""
    floor.trouble("The repo is read-only.")
    with database.begin() as session:
        outbox.enqueue_message(session, "novelty", channel=CHANNEL, payload={}, at=clock())

    assert look() == []
    assert sorted(asked(slack)) == ["blocks", "view", "view"]


def test_of_messages_for_others_slack_is_asked_nothing(
    database: Database, slack: Workspace, look: Look, clock: Clock
) -> None:
    with database.begin() as session:
        outbox.enqueue_message(
            session, ADDRESS, transport=MAIL, channel="mail:a", payload={}, at=clock()
        )
        session.execute(insert(Notification), [queues.row(1, {"data": {}}, clock())])

    assert look() == []
    assert asked(slack) == ["view", "view"]


@pytest.mark.usefixtures("wrong")
def test_what_slack_would_refuse_is_told_with_its_reason_and_the_place(look: Look) -> None:
    [said] = look()

    assert said.startswith("Slack would refuse a message of the kind 'answer': ")
    assert "at /0/text." in said


@pytest.mark.parametrize("error", ["unknown_method", "ratelimited", "invalid_auth"])
def test_a_slack_that_does_not_validate_is_asked_no_further(
    floor: Floor, slack: Workspace, look: Look, error: str
) -> None:
    floor.register("C02AAA")
    slack.faults.fail(error)

    assert look() == []
    assert asked(slack) == ["view"]


def test_a_slack_that_is_down_is_no_finding(slack: Workspace, look: Look) -> None:
    slack.faults.go_down()
    with capture_logs() as lines:
        assert look() == []
    assert [line["log_level"] for line in lines] == ["info"]


@pytest.mark.usefixtures("wrong")
def test_the_command_line_says_it_where_it_has_the_token(
    slack: Workspace, repo_folder: Path, database: Database, tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    there = Installation(tmp_path, repo_folder, slack.api_url, database_url=url)

    assert "Slack would refuse a message" in typed(there.environment, "doctor").stdout
    without = {**there.environment, "SLACK_BOT_TOKEN": ""}
    assert "Slack would refuse a message" not in typed(without, "doctor").stdout
