"""A mail server on a free port of loopback: aiosmtpd, in a thread of its own.

It checks what RFC 5321 wants of a client, knows one user, and refuses whom it is told to refuse.
"""

import asyncio
import email
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "rollcall", "hun:ter/2@"


@dataclass
class Mailbox:
    """All mail that a server took, in order, with its bytes and the receivers of each.

    `replies` are those to certain receivers, or to all of `MAIL` or `DATA`; `closes_behind` ends
    the connection in the place of the answer to a mail. `connections` counts them;
    `names` are those by which it was greeted, one for each mail.
    """

    replies: dict[str, str] = field(default_factory=dict)
    closes_behind: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        self.names.append(session.host_name)
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        if "DATA" in self.replies:
            return self.replies["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.contents.append(content)
        self.mails.append(email.message_from_bytes(content, policy=default))
        self.receivers.append(list(envelope.rcpt_tos))
        if self.closes_behind and server.transport is not None:
            server.transport.close()
        return "250 taken"


def authenticate(_: object, __: object, ___: object, ____: str, login: Any) -> AuthResult:
    """Let the one user in."""
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=login == known, handled=False)


@contextmanager
def running(
    mailbox: Mailbox,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    wants_login: bool = False,
    takes_letters: bool = False,
) -> Iterator[Mailbox]:
    """Run a server until the end of the context; its URL, without a user, is the mailbox's."""
    options: Mapping[str, Any] = {
        "tls_context": starttls,
        "require_starttls": starttls is not None,
        "auth_required": wants_login,
        "auth_require_tls": starttls is not None,
        "authenticator": authenticate,
        "enable_SMTPUTF8": takes_letters,
    }
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        mailbox.connections += 1
        return SMTP(mailbox, hostname="mail.example.com", loop=loop, **options)

    thread = Thread(target=loop.run_forever)  # this one may have a loop of its own, a browser's
    thread.start()
    opening = loop.create_server(protocol, LOOPBACK, 0, ssl=tls)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result()
    port = server.sockets[0].getsockname()[1]
    mailbox.url = f"{'smtps' if tls else 'smtp'}://{LOOPBACK}:{port}"
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Close the server and all that it still does."""
    server.close()
    others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
