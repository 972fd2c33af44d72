"""Answers in Slack to commands and clicks that fail."""

import hashlib
import hmac
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Message, Workspace
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def test_a_repo_that_is_gone_is_an_answer_and_no_silence(alice: Person, repo_folder: Path) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    assert "The Munki repo cannot be used" in typed(alice, "register C02AAA london design")
    assert "The Munki repo cannot be used" in typed(alice, "help")


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
def test_a_database_that_fails_is_an_answer_with_a_reference_for_the_log(
    alice: Person, database: Database
) -> None:
    with database.begin() as session:
        session.execute(Event.__table__.delete())
        Event.__table__.drop(session.connection())

    answer = typed(alice, "register C02AAA london design")

    assert "nothing was changed" in answer
    assert "in the log" in answer
    assert registrations(database) == []


def test_of_a_commit_that_nobody_answered_it_is_not_said_that_nothing_was_changed(
    alice: Person, database: Database
) -> None:
    def lost(_: object) -> None:
        raise OperationalError("COMMIT", None, Exception("no answer"), connection_invalidated=True)

    typed(alice, "help")  # what is kept of her is not what she asks for
    event.listen(database.engine, "commit", lost)
    try:
        answer = typed(alice, "register C02AAA london design")
    finally:
        event.remove(database.engine, "commit", lost)

    assert "may be done all the same" in answer
    assert "nothing was changed" not in answer


def test_that_all_connections_wait_for_the_database_is_told_as_that(
    alice: Person, database: Database
) -> None:
    database.engine.pool._timeout = 0.01  # type: ignore[attr-defined]  # noqa: SLF001
    with ExitStack() as others:
        for _ in range(16):
            others.enter_context(database.engine.connect())

        answer = typed(alice, "register C02AAA london design")

    assert "Rollcall cannot use its database at this moment" in answer


def test_a_command_that_is_not_ours_is_answered_with_ours(alice: Person) -> None:
    reply = alice.slash("/imaging", "help", channel=CHANNEL)

    assert "Rollcall listens to `/mac` only" in reply.text


@pytest.mark.parametrize("kind", ["app_mention", "reaction_added", "user_change"])
def test_an_event_that_nobody_asked_for_is_acknowledged_and_no_error(
    slack: Workspace, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    sent = slack.events.tell(
        "app_mention", {"type": kind, "user": "U0ALICE", "channel": CHANNEL, "event_ts": "1.0"}
    )

    assert sent is not None
    assert sent.delivered
    assert '"level": "error"' not in capsys.readouterr().out


def test_markup_in_names_and_notes_does_nothing(alice: Person, repo_folder: Path) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "<!channel> *x*").write_bytes((sites / "paris").read_bytes())

    answer = typed(alice, "register C02AAA '<!channel> *x*' design")

    assert "<!channel>" not in answer
    assert "&lt;!channel&gt;" in answer


@for_each("fault", ["forged", "stale", "unsigned"])
def test_only_slack_is_listened_to(
    bot: Flask, slack: Workspace, database: Database, fault: str
) -> None:
    body = "command=%2Fmac&text=register+C02AAA+london+design&user_id=U0EVE&channel_id=C0IMAGING"
    sent_at = str(int(time.time()) - (301 if fault == "stale" else 0))
    secret = "guessed" if fault == "forged" else slack.app.signing_secret
    signature = hmac.new(secret.encode(), f"v0:{sent_at}:{body}".encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": sent_at,
        "X-Slack-Signature": f"v0={signature.hexdigest()}",
    }
    if fault == "unsigned":
        del headers["X-Slack-Signature"]

    answer = bot.test_client().post("/slack/events", data=body, headers=headers)

    assert answer.status_code == 401
    assert registrations(database) == []


def test_a_form_that_slack_does_not_open_is_said(alice: Person, slack: Workspace) -> None:
    slack.faults.fail("internal_error", methods=("views.open",))

    alice.slash("/mac", "", channel=CHANNEL)

    eventually(lambda: alice.ephemerals)
    assert "window could not be opened" in alice.ephemerals[-1].text


def test_a_button_that_nothing_answers_is_told_of_in_a_message(
    alice: Person, slack: Workspace, database: Database
) -> None:
    """Such as one of a release that was undone."""
    blocks = [{"type": "actions", "block_id": "b", "elements": [button_of_another_release()]}]
    shown = Message("1795000000.000100", CHANNEL, "U0BOT", blocks=blocks, bot_id="B0BOT")
    slack.channels[CHANNEL].messages.append(shown)

    alice.click(shown, "of_another_release")

    assert "too old, or of another release" in news(database, alice)


def test_a_shortcut_that_nothing_answers_is_told_of_in_a_message(
    alice: Person, database: Database
) -> None:
    alice.shortcut("of_another_release")

    assert "too old, or of another release" in news(database, alice)


def test_events_that_slack_holds_back_are_acknowledged_and_told_of_in_the_log(
    slack: Workspace,
) -> None:
    with capture_logs() as lines:
        answer = slack.hold_back_events()

    assert (answer.status, answer.error) == (200, None)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["events held back"]


def button_of_another_release() -> dict[str, object]:
    text = {"type": "plain_text", "text": "Do it"}
    return {"type": "button", "action_id": "of_another_release", "text": text, "value": "1"}


def news(database: Database, person: Person) -> str:
    """The payloads of the direct messages to a person that are in the outbox, as one text."""
    with database.reading() as session:
        owed = session.scalars(select(Notification).where(Notification.channel == person.id)).all()
    return "".join(str(each.facts) for each in owed)
