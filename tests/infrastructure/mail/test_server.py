"""Mail servers: a mail arrives, whatever TLS it takes; and what a bad server can do to us."""

import itertools
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from infrastructure.mail import connection
from infrastructure.mail.errors import InDoubt, MailFailure, MailRefused, NotNow, ReceiverRefused
from infrastructure.mail.server import MailServer
from tests.fakes.smtp import Mailbox, raw, running
from tests.fakes.smtp.server import PASSWORD, USER
from tests.support.running.certificates import certify
from tests.support.tables import for_each

SENDER = "rollcall@example.com"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    certify(folder)
    return folder


@pytest.fixture
def theirs(certificates: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")
    return context


@pytest.fixture
def ours(certificates: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates / "ca.pem")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with running(Mailbox()) as mailbox:
        yield mailbox


def mail(text: str = "It is done.\n") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "A Mac"
    message.set_content(text)
    return message


def with_login(url: str, password: str = PASSWORD) -> str:
    scheme, _, place = url.partition("://")
    return f"{scheme}://{USER}:{quote(password, safe='')}@{place}"


def send(url: str, *receivers: str, context: ssl.SSLContext | None = None) -> dict[str, str]:
    with MailServer(url, context=context, patience=2.0) as server:
        return dict(server.send(mail(), SENDER, receivers or ["ada@example.com"]))


def failure(url: str, context: ssl.SSLContext | None = None) -> MailFailure:
    with pytest.raises(MailFailure) as caught:
        send(url, context=context)
    return caught.value


def test_a_mail_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    with MailServer(mailbox.url) as server:
        server.send(mail(".\n..\nBücher\n"), SENDER, ["ada@example.com"])

    assert mailbox.mails[0].get_content().splitlines() == [".", "..", "Bücher"]
    assert mailbox.mails[0]["From"] == "Rollcall <rollcall@example.com>"
    assert mailbox.mails[0]["To"] == "ada@example.com"
    assert mailbox.receivers == [["ada@example.com"]]


def test_the_server_is_greeted_by_a_name_that_is_not_asked_for_in_the_time_of_a_mail(
    mailbox: Mailbox,
) -> None:
    """Where no DNS answers, to ask for this machine's takes longer than the mail may."""
    with MailServer(mailbox.url, name="rollcall.example.com") as server:
        server.send(mail(), SENDER, ["ada@example.com"])

    assert mailbox.names == ["rollcall.example.com"]


def test_several_mails_take_one_connection_and_one_that_was_ended_is_opened_anew(
    mailbox: Mailbox,
) -> None:
    with MailServer(mailbox.url) as server:
        for _ in range(3):
            server.send(mail(), SENDER, ["ada@example.com"])
        assert mailbox.connections == 1
        mailbox.closes_behind = True
        with pytest.raises(InDoubt):
            server.send(mail(), SENDER, ["ada@example.com"])
        mailbox.closes_behind = False
        server.send(mail(), SENDER, ["ada@example.com"])

    assert (mailbox.connections, len(mailbox.mails)) == (2, 5)


@pytest.mark.parametrize(
    ("kind", "wants_login"), [("tls", False), ("starttls", False), ("starttls", True)]
)
def test_a_mail_goes_through_tls_with_a_checked_certificate(
    kind: str, theirs: ssl.SSLContext, ours: ssl.SSLContext, *, wants_login: bool
) -> None:
    tls, starttls = (theirs, None) if kind == "tls" else (None, theirs)
    with running(Mailbox(), tls=tls, starttls=starttls, wants_login=wants_login) as mailbox:
        url = with_login(mailbox.url) if wants_login else mailbox.url
        assert send(url, context=ours) == {}
        stranger = failure(url, ssl.create_default_context())
        assert isinstance(stranger, NotNow)
        assert "its TLS is not trusted" in stranger.reason
        assert len(mailbox.mails) == 1


def test_a_wrong_password_is_refused_and_in_no_reason(
    theirs: ssl.SSLContext, ours: ssl.SSLContext
) -> None:
    with running(Mailbox(), starttls=theirs, wants_login=True) as mailbox:
        wrong = failure(with_login(mailbox.url, "hunter3"), ours)

    assert isinstance(wrong, MailRefused)
    assert wrong.reason == "it refuses the user or the password (535)"


@for_each(
    ("answer", "kind"),
    [(b"454 4.7.0 busy\r\n", NotNow), (b"535 5.7.8 no\r\n", MailRefused)],
)
def test_a_login_that_fails_for_now_is_tried_again_and_one_that_is_refused_is_not(
    answer: bytes, kind: type[MailFailure]
) -> None:
    with raw(b"220 here\r\n", b"250-here\r\n250 AUTH PLAIN\r\n", answer, answer) as url:
        assert type(failure(url.replace("://", "://u@"))) is kind


def test_one_of_several_receivers_who_is_refused_keeps_the_mail_from_no_other(
    mailbox: Mailbox,
) -> None:
    mailbox.replies["bob@example.com"] = "550 no such user here"

    assert send(mailbox.url, "ada@example.com", "bob@example.com") == {
        "bob@example.com": "550 no such user here"
    }
    assert mailbox.receivers == [["ada@example.com"]]
    with pytest.raises(ReceiverRefused, match="550 no such user here"):
        send(mailbox.url, "bob@example.com")


@for_each(
    ("command", "reply", "kind"),
    [
        ("MAIL", "550 you are not wanted", MailRefused),
        ("ada@example.com", "550 5.7.1 Relaying denied", MailRefused),
        ("MAIL", "451 greylisted", NotNow),
        ("ada@example.com", "450 mailbox busy", NotNow),
        ("DATA", "554 that is spam", MailRefused),
        ("DATA", "452 disk full", NotNow),
    ],
)
def test_what_comes_of_a_refusal_depends_on_what_was_refused(
    command: str, reply: str, kind: type[MailFailure]
) -> None:
    with running(Mailbox(replies={command: reply})) as mailbox:
        refused = failure(mailbox.url)

    assert type(refused) is kind
    assert reply in refused.reason


@for_each(
    ("reply", "is_of_address"),
    [
        ("550 no such user", True),
        ("550 5.1.1 no such user", True),
        ("552 5.2.2 the mailbox is full", True),
        ("553 5.1.3 bad address", True),
        ("550 5.4.1 Recipient address rejected: Access denied.", True),
        ("550 5.4.1 Relay Access Denied", False),
        ("550 5.4.4 unable to route", False),
        ("550 5.7.1 Relaying denied", False),
        ("554 5.7.1 <ada@example.com>: Relay access denied", False),
        ("554 your host is on a list", False),
        ("530 Authentication required", False),
        ("450 4.2.0 greylisted", False),
    ],
)
def test_no_address_is_taken_for_a_wrong_one_where_we_are_refused(
    reply: str, is_of_address: bool
) -> None:
    code, _, answer = reply.partition(" ")

    assert connection.is_of_address(int(code), answer) is is_of_address


def test_letters_beyond_ascii_go_where_the_server_takes_them() -> None:
    with running(Mailbox(), takes_letters=True) as mailbox:
        send(mailbox.url, "zoë@bücher.example")
        assert mailbox.receivers == [["zoë@bücher.example"]]
    with running(Mailbox()) as mailbox:
        send(mailbox.url, "it@bücher.example")
        assert mailbox.receivers == [["it@xn--bcher-kva.example"]]
        assert mailbox.mails[0]["To"] == "it@xn--bcher-kva.example"
        with pytest.raises(ReceiverRefused, match="no letters beyond ASCII"):
            send(mailbox.url, "zoë@example.com")


EHLO = b"250-here\r\n250 STARTTLS\r\n"


@for_each(
    ("answers", "said"),
    [
        ([b"554 your host is on a list\r\n"], "554 your host is on a list"),
        ([b"SSH-2.0-OpenSSH_9.9\r\n"], "what answers there is no mail server"),
        ([b"220 here\r\n", EHLO, b"454 not now\r\n"], "offers TLS and refuses it"),
        ([b"220 here\r\n", EHLO, b"220 go\r\n", b"not TLS at all"], "it"),
        ([itertools.repeat(b"220-" + b"x" * 996 + b"\r\n")], "it ended"),
        ([itertools.repeat(b"x" * 1000)], "it ended"),
    ],
)
def test_a_server_that_does_not_keep_to_the_protocol_gets_no_mail(
    answers: list[bytes], said: str
) -> None:
    with raw(*answers) as url:
        assert said in failure(url).reason


def test_a_server_that_says_a_letter_at_a_time_is_waited_for_no_longer_than_for_a_mail() -> None:
    with raw(itertools.repeat(b"2"), pause=0.05) as url:
        began = time.monotonic()
        with MailServer(url, patience=0.3) as server, pytest.raises(NotNow, match="in time"):
            server.send(mail(), SENDER, ["ada@example.com"])

    assert time.monotonic() - began < 2


def test_a_server_that_takes_no_connection_is_waited_for_no_longer_either() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(8):  # more than wait there for a server to take them
            other = waiting.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        url = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        began = time.monotonic()
        with MailServer(url, patience=0.3) as server, pytest.raises(NotNow, match="in time"):
            server.send(mail(), SENDER, ["ada@example.com"])

    assert time.monotonic() - began < connection.CONNECT_TIMEOUT / 2


def test_a_mail_whose_time_is_over_before_its_server_is_asked_is_told_so() -> None:
    url = "smtp://127.0.0.1:9"
    with MailServer(url, patience=0) as server, pytest.raises(NotNow, match="no answer in time"):
        server.send(mail(), SENDER, ["ada@example.com"])


def test_a_connection_that_is_lost_behind_the_mail_leaves_it_in_doubt() -> None:
    answers = (b"220 here\r\n", b"250 here\r\n", *[b"250 ok\r\n"] * 2, b"354 go on\r\n")
    with raw(*answers) as url:
        lost = failure(url)

    assert isinstance(lost, InDoubt)


@for_each(("url", "other"), [("smtp://127.0.0.1:465", "smtps"), ("smtps://127.0.0.1:587", "smtp")])
def test_a_url_of_the_other_kind_is_told_by_its_port(url: str, other: str) -> None:
    assert failure(url).reason.endswith(f"is for {other}://")


@for_each("url", ["smtp://127.0.0.1:9", "smtps://127.0.0.1:9"])
def test_a_port_of_its_own_says_nothing_of_the_kind_of_url(url: str) -> None:
    assert "is for" not in failure(url).reason


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    away = failure("smtp://u:SECRET@127.0.0.1:9")

    assert isinstance(away, NotNow)
    assert "SECRET" not in away.reason
