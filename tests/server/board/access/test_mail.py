"""Mail on the board: the own address, and links of mails, which are good without a session."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.monitoring.mail import choices, stops
from provisioning.monitoring.mail.choices import ConfirmationLinks
from provisioning.monitoring.mail.models import (
    ADDRESS,
    ATTENTION,
    MailBounce,
    MailChoice,
    MailRequest,
)
from provisioning.monitoring.mail.stops import StopLinks
from provisioning.outbox.models import MAIL, Notification
from rollcall.settings import ServerSettings
from tests.server.board.conftest import Browsers
from tests.support.installation import SECRET_KEY


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server that knows a mail server, and an address of the policy."""
    assert server_settings.policy is not None
    with server_settings.policy.open("a") as file:
        file.write('[sites.london]\nemail = ["it@example.com"]\n')
    changed = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "rollcall@example.com"}
    return server_settings.model_copy(update=changed)


def link_of(database: Database) -> str:
    with database.reading() as session:
        request = session.scalars(select(MailRequest).order_by(MailRequest.id.desc())).first()
        assert request is not None
        return ConfirmationLinks(SECRET_KEY).make("", request)


def test_an_address_is_chosen_confirmed_by_a_button_and_given_up(
    browsers: Browsers, database: Database
) -> None:
    alice, phone = browsers.of("U0ALICE"), browsers.new()
    assert alice.post("/board/mail", address=" Alice@Example.com ").location == "/board/mail"
    assert "A link was sent to Alice@example.com" in alice.get("/board/mail").text
    with database.reading() as session:
        (owed,) = session.scalars(select(Notification).where(Notification.transport == MAIL))
        assert owed.facts.keys() == {"request", "to"}

    link = link_of(database)
    assert "Confirm this address" in phone.get(link).text
    assert "Mail for you goes to" not in alice.get("/board/mail").text
    assert "goes to Alice@example.com from now on" in phone.post(link).text
    assert phone.post(link).status_code == 404
    assert "Mail for you goes to Alice@example.com" in alice.get("/board/mail").text

    alice.post("/board/mail/end")
    with database.reading() as session:
        assert choices.of_person(session, "U0ALICE") is None


def test_what_is_no_address_or_too_much_is_said_and_escaped(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")
    odd = alice.post("/board/mail", address="<script>@x y")
    assert odd.status_code == 400
    assert "no e-mail address" in odd.text
    for number in range(3):
        alice.post("/board/mail", address=f"a{number}@example.com")
    assert alice.post("/board/mail", address="a4@example.com").status_code == 429


def test_one_click_of_a_program_stops_mail_and_opening_the_link_does_not(
    browsers: Browsers, database: Database
) -> None:
    program = browsers.new()
    link = StopLinks(SECRET_KEY).make("", "it@example.com", ATTENTION)

    def is_stopped() -> bool:
        with database.reading() as session:
            return stops.is_stopped(session, "it@example.com", ATTENTION)

    assert "No more mail of this kind" in program.get(link).text
    assert not is_stopped()
    for _ in range(2):
        body = {"List-Unsubscribe": "One-Click"}
        answer = program.client.post(link, data=body, base_url="https://rollcall.example.com")
        assert answer.status_code == 200
    assert is_stopped()
    for wrong in (f"{link}x", "/board/mail/stop/x", "/board/mail/stop/W10.x"):
        assert program.post(wrong).status_code == 404


def test_who_was_refused_by_the_mail_server_sees_why_and_can_begin_again(
    browsers: Browsers, database: Database
) -> None:
    alice, now = browsers.of("U0ALICE"), datetime.now(UTC)
    with database.begin() as session:
        session.add(MailChoice(account_id="U0ALICE", address="Alice@example.com", confirmed_at=now))
        session.add(
            MailBounce(address="alice@example.com", reason="550 <b>who?</b>", bounced_at=now)
        )
    page = alice.get("/board/mail").text
    assert "refused Alice@example.com (550 &lt;b&gt;who?&lt;/b&gt;)" in page
    assert "Mail for you goes to" not in page

    alice.post("/board/mail", address="alice@example.com")
    assert "A link was sent to alice@example.com" in alice.get("/board/mail").text
    with database.begin() as session:
        session.scalars(select(MailBounce)).one().bounced_at = datetime.now(UTC)
    assert "A link was sent to" not in alice.get("/board/mail").text


def test_a_named_admin_alone_has_mail_sent_to_an_address_of_the_policy_again(
    browsers: Browsers, database: Database
) -> None:
    admin, alice = browsers.of("U0ADMIN"), browsers.of("U0ALICE")
    with database.begin() as session:
        stops.stop(session, "it@example.com", ATTENTION, datetime.now(UTC))
    assert "it@example.com" in admin.get("/board/mail").text
    assert "it@example.com" not in alice.get("/board/mail").text
    assert alice.post("/board/mail/go-on", address="it@example.com").status_code == 403
    assert admin.post("/board/mail/go-on", address="<b>@x").status_code == 404
    assert "it@example.com" in admin.get("/board/mail").text

    assert admin.post("/board/mail/go-on", address="it@example.com").location == "/board/mail"
    assert "it@example.com" not in admin.get("/board/mail").text


def test_who_is_not_signed_in_chooses_nothing(browsers: Browsers, database: Database) -> None:
    assert browsers.new().post("/board/mail", address="a@example.com").status_code == 303
    with database.begin() as session:
        assert choices.open_request(session, "U0ALICE", datetime.now(UTC)) is None


def test_who_wants_no_such_mail_is_not_asked_in_capitals_either(browsers: Browsers) -> None:
    browsers.new().post(StopLinks(SECRET_KEY).make("", "Bob@example.com", ADDRESS))
    for same in ("bob@example.com", "BOB@example.com"):
        assert "wants no such mail" in browsers.of("U0ALICE").post("/board/mail", address=same).text
