"""Imagr's reports: what a Mac says while it is imaged.

Imagr can send no header, so the key in the address is the secret; it reads no answer, so whoever
knows the key is answered 200, whatever is wrong with the report.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

import structlog
from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import NotFound

from infrastructure.database.engine import Database
from infrastructure.text import normalize
from provisioning.access.credentials import CredentialGrant
from provisioning.firstboot import reports as told
from provisioning.firstboot.reports import Report, ReportRecorder, StrangeReport
from provisioning.values.serials import InvalidSerial, Serial
from server.auth.guards import UNKNOWN_KEY, Guard
from server.auth.throttling import Tried
from server.errors import text

log = structlog.get_logger()

LARGEST_BODY = 1024 * 1024  # bytes; error messages carry whole logs
MOST_FIELDS = 50
ANY_KEY = "report key"  # all who guess one guess at the same


def door(
    keys: Sequence[str],
    database: Database,
    *,
    opened: Callable[[str], CredentialGrant | None],
    guard: Guard,
) -> Blueprint:
    """Return the route that takes reports from those who know a key.

    One of `keys`, which may speak of every Mac, or one that `opened` knows, which may speak of
    the Macs of its site.
    """
    reports = Blueprint("reports", __name__)
    expected = [_digest(key) for key in keys]
    hearing = ReportRecorder(database)

    def admit(key: str) -> str | None:
        """Return the only site that a key may speak of. Raises NotFound, TooManyRequests."""
        made = opened(key)
        if made is not None:  # of 192 random bits: nobody guesses it, so it never waits
            return made.site
        tried = Tried(_digest(key), ANY_KEY)
        guard.hear(request, tried)
        if not _is_one_of(expected, tried.credential):
            guard.refuse(request, UNKNOWN_KEY, tried)
            raise NotFound("There is nothing here.")
        guard.welcome(request, tried)
        return None

    def is_of(site: str, serial: Serial) -> bool:
        with database.reading() as session:
            mac = told.find_status(session, serial)
        return mac is not None and normalize(mac.site) == normalize(site)

    @reports.post("/report/<key>")
    def report(key: str) -> Response:
        """Take a report of Imagr's, and show on the card how far the Mac is: `200`.

        With a key of `ROLLCALL_REPORT_KEYS` or a site's own in the address; Imagr's fields
        `status`, `serial`, `message`.
        """
        only = admit(key)
        fields = _fields()
        try:
            said = Report.parse(
                fields.get("serial", ""), fields.get("status", ""), fields.get("message", "")
            )
        except (InvalidSerial, StrangeReport) as error:
            log.warning("report not understood", reason=str(error))
        else:
            bind_contextvars(serial=said.serial.text)
            if only is None or is_of(only, said.serial):
                hearing.note(said)
            else:
                log.warning("report of a Mac that is not registered for the key's site", site=only)
        return text("heard\n")

    return reports


def _is_one_of(expected: Sequence[bytes], given: bytes) -> bool:
    matches = [hmac.compare_digest(each, given) for each in expected]  # all, in the same time
    return any(matches)


def _digest(key: str) -> bytes:
    # Of one length whatever was sent, so that comparing them takes the same time.
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def _fields() -> dict[str, str]:
    """The fields of the form, whatever type the client says it has; the first of a name counts.

    Read here and not by Flask, which wants the right type and would refuse what is no UTF-8.
    """
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(
            body, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return {}
    return dict(reversed(pairs))
