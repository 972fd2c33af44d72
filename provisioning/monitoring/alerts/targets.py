"""Targets of alerts: a webhook and a mailbox; and a watchdog that expects to hear from us."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from secrets import token_hex
from typing import Any, Protocol

import structlog

from infrastructure.execution.connecting import why_unanswered
from infrastructure.execution.deadlines import Deadline, deadline
from infrastructure.execution.loop import utc_now
from infrastructure.mail.addresses import host_of
from infrastructure.mail.errors import MailFailure
from infrastructure.mail.server import MailServer
from infrastructure.text import readable, without_encoded_words
from provisioning.monitoring.alerts.alert import OVER, TRIED, AlertNotice

log = structlog.get_logger()

TIMEOUT = 10.0  # seconds for a notice, however slowly the answer comes
LONGEST = 4000  # characters of a mail, of which those are left out that are not seen
_SUBJECTS = {OVER: "Rollcall: over", TRIED: "Rollcall: a test"}


class NoticeRefused(Exception):
    """A target that did not take a notice; the text has the reason, and no secret."""


class Target(Protocol):
    """A receiver of notices for admins."""

    @property
    def name(self) -> str:
        """The setting that names it."""

    def tell(self, notice: AlertNotice) -> None:
        """Send a notice. Raises NoticeRefused."""


class AlertWebhook:
    """A URL that gets notices as JSON, such as an incoming webhook of another chat."""

    name = "ROLLCALL_ALERT_URL"

    def __init__(self, url: str) -> None:
        self._url = url

    def tell(self, notice: AlertNotice) -> None:
        """Post a notice."""
        _request("POST", self._url, notice.to_json())


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail from `sender` to `receivers`, through the server of `url`, as `MailServer` takes it."""

    url: str
    sender: str
    receivers: Sequence[str]
    name: str = "ROLLCALL_ALERT_MAIL"

    def tell(self, notice: AlertNotice) -> None:
        """Send a notice; where only some receivers are refused, they are logged.

        One of a trial counts as taken where all receivers take it.
        """
        message = EmailMessage()
        fact = without_encoded_words(readable(notice.alert.fact, LONGEST))
        message["Subject"] = f"{_SUBJECTS.get(notice.state, 'Rollcall')}: {fact}"[:150]
        message["Date"], message["Auto-Submitted"] = utc_now(), "auto-generated"
        message["Message-ID"] = f"<{token_hex(16)}@{host_of(self.sender)}>"
        message.set_content(readable(notice.text, LONGEST) + "\n")
        with MailServer(self.url) as server:
            try:
                refusals = server.send(message, self.sender, self.receivers)
            except MailFailure as error:
                raise NoticeRefused(error.reason) from None
        for receiver, reason in refusals.items():
            log.error("mail refused", target=self.name, receiver=receiver, reason=reason)
        if refusals and notice.state == TRIED:
            told = "; ".join(f"{receiver}: {reason}" for receiver, reason in refusals.items())
            raise NoticeRefused(f"the others are told, but not {told}")


class Watchdog:
    """A URL that is requested every minute, and that tells admins when the requests stop."""

    name = "ROLLCALL_ALIVE_URL"

    def __init__(self, url: str) -> None:
        self._url = url

    def ping(self) -> None:
        """Report that this machine is alive. Raises NoticeRefused."""
        _request("GET", self._url, None)


def tell_all(targets: Sequence[Target], notice: AlertNotice) -> bool:
    """Send a notice to all targets; returns True if one of them took it. Failures are logged."""
    return not all([*_failures(targets, notice)]) if targets else False


def _failures(targets: Sequence[Target], notice: AlertNotice) -> Iterator[bool]:
    for target in targets:
        try:
            target.tell(notice)
        except NoticeRefused as error:
            log.error("alert not told", target=target.name, reason=str(error))
            yield True
        else:
            log.info("alert told", target=target.name, state=notice.state)
            yield False


def _request(method: str, url: str, payload: object) -> None:
    """Request a URL, a secret: errors of the library are not repeated. Raises NoticeRefused."""
    from urllib3 import Retry  # noqa: PLC0415 - only for who has something to tell
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    from infrastructure.execution.pools import limited, pool_for  # noqa: PLC0415

    until = Deadline(TIMEOUT)
    try:
        sent: dict[str, Any] = {} if payload is None else {"json": payload}
        # A fault of a proxy's URL is reported without the URL too: it may have a password.
        pool = limited(pool_for(url, timeout=TIMEOUT, retries=Retry(0, redirect=False)))
        # Its content is not read: it may have no end.
        with pool, deadline(TIMEOUT):
            answer = pool.request(method, url, redirect=False, preload_content=False, **sent)
    except (HTTPError, OSError, ValueError) as error:
        reason = f"no answer within {TIMEOUT:g} s" if until.is_over else why_unanswered(error)
        raise NoticeRefused(f"it cannot be reached ({reason})") from None
    if answer.status not in range(200, 300):
        raise NoticeRefused(f"it answered {answer.status}")
