"""A mail server that takes our mail: a few connections to it, kept for one mail after another."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from threading import BoundedSemaphore, Lock, Timer
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from infrastructure.execution.connecting import verifying
from infrastructure.execution.deadlines import Deadline
from infrastructure.mail.connection import LOST, Connection, Refusals, failure, why_lost
from infrastructure.mail.errors import MailRefused, NotNow, ReceiverRefused

TIMEOUT = 40.0  # seconds for one mail in all: a relay's lease is 60
QUEUE_TIMEOUT = 5.0  # seconds to wait for a place
PLACES = 2  # connections at once; many servers allow no more than a few of one client
MAX_IDLE = 5.0  # seconds for which a connection is kept for the next mail
_PORTS = {"smtp": 587, "smtps": 465}


class MailServer:
    """The server of `url`, `smtp://USER:PASSWORD@HOST:PORT`. Threads may share one.

    `smtps:` is TLS from the start; otherwise it is begun where the server offers it, and must be
    before a password is sent. The certificate is checked by `context`. A connection is kept for
    the next mail for some seconds. It greets the server by `name`, or by that of this machine.
    """

    def __init__(
        self,
        url: str,
        *,
        context: ssl.SSLContext | None = None,
        name: str = "",
        patience: float = TIMEOUT,
    ) -> None:
        self._parts, self._context, self._patience = urlsplit(url), context, patience
        self._name = name
        self._places, self._lock = BoundedSemaphore(PLACES), Lock()
        self._idle: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, message: EmailMessage, sender: str, receivers: Sequence[str]) -> Refusals:
        """Send a mail, and return the reasons by receiver for those who were refused.

        Its headers From and To are made here, in a form that the server takes. Raises NotNow,
        InDoubt, MailRefused, and ReceiverRefused where all of them were.
        """
        with self._place():
            self._name = self._name or _name_of_machine()
            deadline = Deadline(self._patience)
            connection = self._taken(deadline) or self._opened(deadline)
            try:
                refusals = connection.deliver(message, sender, receivers)
            except (MailRefused, ReceiverRefused):
                self._keep(connection)
                raise
            except BaseException:  # what it has said is not known, so no other letter follows
                connection.end()
                raise
            self._keep(connection)
        return refusals

    def close(self) -> None:
        """End the connections that are kept."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=QUEUE_TIMEOUT):
            raise NotNow("it is busy with other mail")
        try:
            yield
        finally:
            self._places.release()

    def _taken(self, deadline: Deadline) -> "Connection | None":
        """A connection that is kept and still works; None without one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None or connection.works(deadline):
                return connection
            connection.end()

    def _keep(self, connection: "Connection") -> None:
        if not connection.reset():
            connection.end()
            return
        with self._lock:
            self._idle.append(connection)
        timer = Timer(MAX_IDLE, self._end_idle, [connection])
        timer.daemon = True
        timer.start()

    def _end_idle(self, connection: "Connection") -> None:
        with self._lock:
            if connection not in self._idle:
                return
            self._idle.remove(connection)
        connection.end()

    def _opened(self, deadline: Deadline) -> "Connection":
        """A new connection, with the login done. Raises NotNow and MailRefused."""
        parts = self._parts
        context = self._context or verifying()
        is_tls = parts.scheme == "smtps"
        connection = Connection(deadline, context, name=self._name, is_tls=is_tls)
        try:
            connection.open(parts.hostname or "", parts.port or _PORTS[parts.scheme])
            if parts.username:
                user, password = unquote(parts.username), unquote(parts.password or "")
                connection.log_in(user, password)
        except BaseException as error:
            connection.end()
            if isinstance(error, LOST):
                raise _unopened(error, parts) from None
            raise
        return connection


def _unopened(error: Exception, parts: SplitResult) -> NotNow | MailRefused:
    """Return the failure of a connection that could not be opened to the server of a URL."""
    if isinstance(error, smtplib.SMTPResponseException):
        return failure(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotNow(f"its TLS is not trusted ({error.verify_message})")
    if isinstance(error, ssl.SSLError):
        reason = f"it speaks no TLS that we know ({error.reason or 'no TLS'})"
    else:
        reason = f"it cannot be reached ({why_lost(error)})"
    return NotNow(f"{reason}{_other(parts)}")


def _other(parts: SplitResult) -> str:
    """Return a hint where the port of a URL is for the other form of URL; nothing elsewhere."""
    is_swapped = parts.port in _PORTS.values() and parts.port != _PORTS[parts.scheme]
    other = next(scheme for scheme in _PORTS if scheme != parts.scheme)
    return f": port {parts.port} is for {other}://" if is_swapped else ""


@cache
def _name_of_machine() -> str:
    """The name of this machine, or its address where it has no full name.

    Asked once, and before a mail's time begins: where no DNS answers, that takes many seconds.
    """
    return smtplib.SMTP().local_hostname
