"""A connection to a mail server: each reply is bounded, and each mail has a deadline."""

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from socket import socket
from typing import Any

from infrastructure.execution.connecting import addresses_of, connected
from infrastructure.execution.deadlines import Deadline
from infrastructure.mail import addresses
from infrastructure.mail.errors import InDoubt, MailRefused, NotNow, ReceiverRefused
from infrastructure.mail.replies import ReplyReader

CONNECT_TIMEOUT = 10.0  # seconds for the connection
MAX_MAILS = 50  # on one connection
SENDER = "Rollcall"  # the name beside the sender's address
LOST = (OSError, smtplib.SMTPException, ValueError)  # what smtplib raises on a broken connection
_READY, _DONE, _FORWARDED, _GO_ON = 220, 250, 251, 354  # replies
_GOOD, _NEVER = range(200, 300), range(500, 600)
_OF_ADDRESS = (501, 550, 551, 552, 553, 556)  # what RCPT answers of an address
_SUBJECT = re.compile(r"5\.(\d{1,3})\.\d{1,3}\b")  # of a reply, as RFC 3463 has it
_UNKNOWN_THERE = "5.4.1 Recipient address rejected"
_DOT = re.compile(rb"(?m)^\.")

Refusals = Mapping[str, str]


class Connection(smtplib.SMTP):
    """One connection; `deadline` is that of its first mail, `context` checks the certificate.

    `name` is the one by which it greets the server.
    """

    def __init__(
        self, deadline: Deadline, context: ssl.SSLContext, *, name: str, is_tls: bool
    ) -> None:
        super().__init__(local_hostname=name, timeout=CONNECT_TIMEOUT)
        self._deadline, self._context, self._is_tls = deadline, context, is_tls
        self._mails = 0

    def open(self, host: str, port: int) -> None:
        """Connect, and begin TLS. Raises what smtplib raises, and NotNow."""
        self._host = host  # the name that starttls has the certificate checked for
        self._expect(_READY, *self.connect(host, port))
        self.ehlo_or_helo_if_needed()
        if self._is_tls or not self.has_extn("starttls"):
            return
        try:
            self.starttls(context=self._context)
        except smtplib.SMTPResponseException as error:
            raise NotNow(f"it offers TLS and refuses it ({error.smtp_code})") from None
        self._is_tls = True
        self.ehlo_or_helo_if_needed()

    def log_in(self, user: str, password: str) -> None:
        """Log in. Raises what smtplib raises, NotNow without TLS, and MailRefused."""
        if password and not self._is_tls:
            raise NotNow("it offers no TLS, so it is not sent the password")
        try:
            self.login(user, password)
        except smtplib.SMTPNotSupportedError:
            raise MailRefused("it takes no login") from None
        except smtplib.SMTPResponseException as error:
            # Without its text: a server may repeat its input, which was the password.
            kind = MailRefused if error.smtp_code in _NEVER else NotNow
            raise kind(f"it refuses the user or the password ({error.smtp_code})") from None

    def works(self, deadline: Deadline) -> bool:
        """Begin the next mail and its deadline; returns False where the connection is closed."""
        self._deadline = deadline
        if isinstance(self.file, ReplyReader):
            self.file.deadline = deadline
        try:
            return self._mails < MAX_MAILS and self.noop()[0] == _DONE
        except LOST:
            return False

    def deliver(self, message: EmailMessage, sender: str, receivers: Sequence[str]) -> Refusals:
        """Send a mail, as `MailServer.send`."""
        self._mails += 1
        takes_letters = self.has_extn("smtputf8")
        needs_letters = not all(each.isascii() for each in (sender, *receivers))
        form = SMTPUTF8 if takes_letters and needs_letters else SMTP
        written = {
            each: addresses.for_server(each, takes_letters=takes_letters) for each in receivers
        }
        from_address = addresses.for_server(sender, takes_letters=takes_letters)
        if from_address is None:
            raise MailRefused("it takes no letters beyond ASCII before the @ of the sender")
        _address(message, from_address, [each for each in written.values() if each])
        content = message.as_bytes(policy=form)
        try:
            options = ("SMTPUTF8", "BODY=8BITMIME") if form is SMTPUTF8 else ()
            self._expect(_DONE, *self.mail(from_address, options))
            refusals = dict(self._refused(written))
            if len(refusals) == len(written):
                raise ReceiverRefused(next(iter(refusals.values()), "there is no receiver"))
            self._expect(_GO_ON, *self.docmd("DATA"))
        except smtplib.SMTPResponseException as error:
            raise failure(error.smtp_code, error.smtp_error) from None
        except LOST as error:
            raise NotNow(f"the connection was lost ({why_lost(error)})") from None
        self._hand_over(content)
        return refusals

    def reset(self) -> bool:
        """Make ready for the next mail; False where that cannot be."""
        try:
            return self.sock is not None and self.rset()[0] == _DONE
        except LOST:
            return False

    def end(self) -> None:
        """Close the connection, without waiting for a reply."""
        with suppress(*LOST):
            if self.sock is not None:
                self.sock.settimeout(1.0)
                self.sock.sendall(b"QUIT\r\n")
        self.close()

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply, within the deadline of the mail."""
        if self.file is None and self.sock is not None:
            self.file = ReplyReader(self.sock, self._deadline)
        if isinstance(self.file, ReplyReader):
            self.file.begin_reply()
        return super().getreply()

    def send(self, s: Any) -> None:
        """Send bytes, within the deadline of the mail."""
        if self.sock is not None:
            self.sock.settimeout(self._deadline.left())
        super().send(s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        seconds = min(timeout, self._deadline.left())
        connection = connected(addresses_of(host, port), port, seconds)
        if not self._is_tls:
            return connection
        return self._context.wrap_socket(connection, server_hostname=host)

    def _refused(self, written: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
        """Name the receivers; yields those that are refused for good. Raises for all others."""
        for receiver, address in written.items():
            if address is None:
                yield receiver, "the mail server takes no letters beyond ASCII before the @"
                continue
            code, answer = self.rcpt(address)
            if is_of_address(code, _text(answer)):
                yield receiver, f"{code} {_text(answer)}"
            elif code not in (_DONE, _FORWARDED):
                raise smtplib.SMTPResponseException(code, answer)

    def _hand_over(self, content: bytes) -> None:
        """Send the content. From here on, the mail may have been taken where no answer comes."""
        try:
            self.send(_DOT.sub(b"..", content) + b".\r\n")
            code, answer = self.getreply()
        except LOST as error:
            raise InDoubt(f"the connection was lost behind the mail ({why_lost(error)})") from None
        if code not in _GOOD:
            raise failure(code, answer)

    @staticmethod
    def _expect(expected: int, code: int, answer: bytes) -> None:
        if code != expected:
            raise smtplib.SMTPResponseException(code, answer)


def is_of_address(code: int, answer: str) -> bool:
    """Return True for a reply to RCPT that refuses an address permanently, not us or this mail.

    RFC 5321 has few codes for that, and RFC 3463 a second one: 5.1 for the address, 5.2 for the
    mailbox. Exchange Online says `550 5.4.1` of an address that it does not have, and of a relay
    that it does not know. 5.7 is about rights: `550 5.7.1 Relaying denied`.
    """
    subject = _SUBJECT.match(answer)
    is_of_it = subject is None or subject[1] in ("1", "2") or answer.startswith(_UNKNOWN_THERE)
    return code in _OF_ADDRESS and is_of_it


def failure(code: int, answer: bytes | str = "") -> NotNow | MailRefused:
    """Return the failure of a reply; one that is not 5xx is temporary."""
    if code < 0:  # smtplib's, for a line without one
        return NotNow("what answers there is no mail server")
    kind = MailRefused if code in _NEVER else NotNow
    return kind(f"it answered {code} {_text(answer)}")


def why_lost(error: Exception) -> str:
    """Return the kind of an error, without any text that was sent."""
    if "time" in str(error).lower():  # smtplib makes a text of most errors
        return "no answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it ended"
    return getattr(error, "strerror", None) or type(error).__name__


def _address(message: EmailMessage, sender: str, receivers: Sequence[str]) -> None:
    """Set the headers that name sender and receivers."""
    del message["From"], message["To"]
    message["From"] = Address(SENDER, *_parts(sender))
    message["To"] = [Address("", *_parts(each)) for each in receivers]


def _parts(address: str) -> tuple[str, str]:
    local, _, host = address.rpartition("@")
    return local, host


def _text(answer: bytes | str) -> str:
    return answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
