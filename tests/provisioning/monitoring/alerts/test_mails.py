"""Mails of alerts, and what they and their errors say of secrets."""

import email
import socket
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread

import pytest

from provisioning.monitoring.alerts.alert import BEGUN, OVER, TRIED, Alert, AlertNotice
from provisioning.monitoring.alerts.targets import Mail, NoticeRefused
from tests.fakes.smtp import Mailbox, running

SINCE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALERT = Alert("disk /data", "Rollcall on a runs out of disk: 1 %.", "Make room on it.", SINCE)
BURNS = AlertNotice(ALERT, BEGUN)


class MailServer:
    """A mail server for one mail; it offers AUTH but no TLS, and knows one password."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[str] = []
        self.mail = ""
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> "MailServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # where nobody came
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            self._hear()

    def _hear(self) -> None:
        with self._listener.accept()[0] as connection, connection.makefile("rwb") as lines:

            def say(line: str) -> None:
                lines.write(f"{line}\r\n".encode())
                lines.flush()

            say("220 here")
            while line := lines.readline().decode().strip():
                self.commands.append(line)
                match line.split()[0].upper():
                    case "EHLO":
                        say("250-here\r\n250 AUTH PLAIN")
                    case "AUTH":
                        say("535 no")
                    case "DATA":
                        say("354 go on")
                        self.mail = "".join(
                            iter(lambda: lines.readline().decode(), ".\r\n")  # up to the last line
                        )
                        say("250 taken")
                    case "QUIT":
                        say("221 bye")
                        return
                    case _:
                        say("250 ok")


def test_a_mail_says_what_burns_and_what_is_over() -> None:
    sent = []
    for state in (BEGUN, OVER):
        with MailServer() as server:
            url = f"smtp://127.0.0.1:{server.port}"
            Mail(url, "rollcall@example.com", ["a@example.com", "b@example.com"]).tell(
                AlertNotice(ALERT, state)
            )
        sent.append(email.message_from_string(server.mail))
        assert "RCPT TO:<B@EXAMPLE.COM>" in str(server.commands).upper()

    burns, over = sent
    assert burns["Subject"] == "Rollcall: Rollcall on a runs out of disk: 1 %."
    assert burns["From"] == "Rollcall <rollcall@example.com>"
    assert burns["To"] == "a@example.com, b@example.com"
    assert str(burns.get_payload()).strip() == BURNS.text
    assert over["Subject"].startswith("Rollcall: over: ")
    assert burns["Message-ID"] != over["Message-ID"]
    assert burns["Message-ID"].endswith("@example.com>")


def test_a_trial_says_which_receivers_are_refused() -> None:
    """An alert counts as told where one receiver hears of it; a trial is to find the others."""
    refusing = Mailbox(replies={"gone@example.com": "550 5.1.1 no such user"})
    with running(refusing) as mailbox:
        mail = Mail(mailbox.url, "rollcall@example.com", ["a@example.com", "gone@example.com"])
        mail.tell(BURNS)
        with pytest.raises(NoticeRefused, match=r"not gone@example\.com: 550 5\.1\.1 no such user"):
            mail.tell(AlertNotice(ALERT, TRIED))

    assert mailbox.receivers == [["a@example.com"]] * 2


def test_a_fact_of_several_lines_makes_no_header() -> None:
    odd = Alert("repo", "It fails:\nBcc: other@example.com", "", SINCE)
    with MailServer() as server:
        Mail(f"smtp://127.0.0.1:{server.port}", "r@example.com", ["a@example.com"]).tell(
            AlertNotice(odd, BEGUN)
        )

    assert email.message_from_string(server.mail)["Bcc"] is None


def test_a_fact_with_the_name_of_a_folder_that_is_no_text_is_mailed() -> None:
    """Python has bytes of names that are no UTF-8 as halves of characters, which none can send."""
    odd = Alert("disk", "The disk of /m\udcff\x1b[31m is full.", "", SINCE)
    with MailServer() as server:
        Mail(f"smtp://127.0.0.1:{server.port}", "r@example.com", ["a@example.com"]).tell(
            AlertNotice(odd, BEGUN)
        )

    mail = email.message_from_string(server.mail)
    assert mail["Subject"] == "Rollcall: The disk of /m[31m is full."
    assert str(mail.get_payload()).strip() == "The disk of /m[31m is full."


def test_a_password_is_sent_to_no_server_without_tls() -> None:
    with MailServer() as server:
        mail = Mail(f"smtp://u:SECRET@127.0.0.1:{server.port}", "r@example.com", ["a@example.com"])
        with pytest.raises(NoticeRefused, match="it offers no TLS"):
            mail.tell(BURNS)

    assert "AUTH" not in str(server.commands)


def test_a_mail_server_that_is_away_or_refuses_is_told_without_what_it_was_sent() -> None:
    away = Mail("smtp://u:SECRET@127.0.0.1:9", "r@example.com", ["a@example.com"])
    with pytest.raises(NoticeRefused) as told:
        away.tell(BURNS)
    assert "SECRET" not in str(told.value)

    with MailServer() as server:
        mail = Mail(f"smtp://u@127.0.0.1:{server.port}", "r@example.com", ["a@example.com"])
        with pytest.raises(NoticeRefused, match="it refuses the user or the password"):
            mail.tell(BURNS)
