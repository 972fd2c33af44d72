"""Checks of the addresses for Macs: host, certificate and clock."""

import hmac
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from urllib.parse import urlsplit

from infrastructure.execution.connecting import why_unanswered
from infrastructure.execution.deadlines import deadline, watch
from infrastructure.findings import Finding
from provisioning.monitoring.alerts.conditions import RENEW, why_refused

HEADER = "Rollcall-Installation"  # of /healthz: says whose server answers
EXPIRES_SOON = timedelta(days=21)
SKEW = timedelta(seconds=60)  # tokens and certificates are told apart by the time
TIMEOUT = 5.0  # seconds for an answer, and for a part of it
TOTAL_TIMEOUT = 10.0  # seconds for all of it


def installation(secret_key: str) -> str:
    """Return the id of an installation, which all its servers share; it is no secret."""
    return hmac.new(secret_key.encode(), b"installation", sha256).hexdigest()[:16]


def exposed_login(setting: str) -> Finding:
    """Return the finding that an address in the settings has a login, which others may read."""
    fact = f"{setting} has a user or a password in it, which stand in every script."
    fix = "Take them out: a later release refuses them."
    if setting == "MUNKI_REPO_URL":
        fact = f"{setting} has a user or a password in it, which are not sent to the repo."
        fix = "Put them into MUNKI_REPO_AUTHORIZATION: a later release refuses them."
    return Finding("exposed credentials", fact, fix)


def leads_here(url: str, expected: str | None, now: datetime) -> Iterator[Finding]:
    """Check that BOOTSTRAP_URL leads to a server of the installation `expected`, where known."""
    fix = "Set BOOTSTRAP_URL to where Macs reach the server, from the Macs' network."
    try:
        status, headers = _asked(f"{url.rstrip('/')}/healthz")
    except ssl.SSLError:
        return  # which `certificate` tells
    except OSError as error:
        yield Finding("BOOTSTRAP_URL", f"{url} cannot be reached from here ({error}).", fix)
        return
    answering = headers.get(HEADER.lower())
    if status in range(300, 400):
        yield Finding("BOOTSTRAP_URL", f"{url} redirects, which Imagr takes for a failure.", fix)
    elif answering is None:
        yield Finding("BOOTSTRAP_URL", f"Something that is not Rollcall answers at {url}.", fix)
    elif expected is not None and answering != expected:
        fact = f"Another installation answers at {url}, or one with another ROLLCALL_SECRET_KEY."
        yield Finding("BOOTSTRAP_URL", fact, fix)
    yield from _skew(url, headers.get("date"), now)


def certificate(url: str, now: datetime, *, is_asked: bool = False) -> Iterator[Finding]:
    """Check when the certificate of an address expires.

    Where `is_asked`, another check asks the address, and reports that it cannot be reached.
    """
    try:
        until = expiry(url)
    except ssl.SSLError as error:
        reason, fix = why_refused(error)
        yield Finding("certificates", f"The certificate of {url} is refused ({reason}).", fix)
    except OSError as error:
        if not is_asked:
            yield Finding(
                "certificates", f"{url} cannot be reached from here ({why_unanswered(error)}).", ""
            )
    else:
        if until is not None and until - now < EXPIRES_SOON:
            fact = f"The certificate of {url} expires on {until:%Y-%m-%d}."
            yield Finding("certificates", fact, RENEW)


def clock(their_time: datetime | None, now: datetime, whose: str) -> Iterator[Finding]:
    """Compare another clock with ours; `whose` completes “The clock of …”."""
    if their_time is not None and abs(their_time - now) > SKEW:
        seconds = int((their_time - now).total_seconds())
        way = "ahead of" if seconds > 0 else "behind"
        fact = f"The clock of {whose} is {abs(seconds)} s {way} this one."
        yield Finding("clocks", fact, "Have both follow a time server.")


def _skew(url: str, date: str | None, now: datetime) -> Iterator[Finding]:
    try:
        their_time = parsedate_to_datetime(date) if date else None
    except (ValueError, OverflowError):
        their_time = None
    if their_time is not None and their_time.tzinfo is None:  # it says `-0000`, or nothing
        their_time = their_time.replace(tzinfo=UTC)
    yield from clock(their_time, now, url)


def _asked(url: str) -> tuple[int, dict[str, str]]:
    """The status and the headers of an address. Raises OSError, for its certificate SSLError."""
    from urllib3 import PoolManager, Retry  # noqa: PLC0415 - only for who asks
    from urllib3.exceptions import HTTPError, MaxRetryError, SSLError  # noqa: PLC0415

    from infrastructure.execution.pools import limited  # noqa: PLC0415

    http = limited(PoolManager(timeout=TIMEOUT, retries=Retry(0, redirect=False)))
    uncached = {"Cache-Control": "no-cache"}
    try:
        with deadline(TOTAL_TIMEOUT):  # its content is not read: it may have no end
            answer = http.request("GET", url, headers=uncached, preload_content=False)
    except HTTPError as error:
        reason = (error.reason or error) if isinstance(error, MaxRetryError) else error
        kind = ssl.SSLError if isinstance(reason, SSLError) else OSError
        raise kind(why_unanswered(error)) from error
    finally:
        http.clear()
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}


def expiry(url: str) -> datetime | None:
    """Return the moment at which the certificate of a URL expires; None where it has none.

    Raises ssl.SSLError where it is refused, OSError where there is no answer.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    host, context = parts.hostname, ssl.create_default_context()
    with (
        deadline(TOTAL_TIMEOUT),
        socket.create_connection((host, parts.port or 443), timeout=TIMEOUT) as line,
    ):
        watch(line)
        with context.wrap_socket(line, server_hostname=host) as secured:
            facts = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(facts["notAfter"])), UTC)
