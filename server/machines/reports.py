"""The route of Imagr's reports, which a Mac sends while it is imaged.

Imagr can send no header, so the key in the address is the secret; it reads no answer, so a caller
who knows the key is answered 200, whatever is wrong with the report.
"""

import hmac
from collections.abc import Sequence
from urllib.parse import parse_qsl

import structlog
from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import NotFound

from infrastructure.database.engine import Database
from infrastructure.text import normalize
from provisioning.access.refusals import UNKNOWN_KEY
from provisioning.firstboot import reports
from provisioning.firstboot.reports import Report, ReportRecorder, StrangeReport
from provisioning.values.serials import InvalidSerial, Serial
from server.answers import text
from server.auth.throttling import TriedCredential, digest_of
from server.dependencies import ServerDependencies

log = structlog.get_logger()

LARGEST_BODY = 1024 * 1024  # bytes; error messages carry whole logs
MAX_FIELDS = 50
ANY_KEY = "report key"  # a name that all guesses at report keys share


def blueprint(dependencies: ServerDependencies) -> Blueprint:
    """Return the route that takes reports from those who know a key."""
    routes = Blueprint("reports", __name__)
    views = _Views(_ReportKeys(dependencies), dependencies.database)
    routes.add_url_rule("/report/<key>", view_func=views.report, methods=["POST"])
    return routes


class _ReportKeys:
    """The keys that open the address of reports.

    Keys of the settings are for every Mac, and a credential for the Macs of its site.
    """

    def __init__(self, dependencies: ServerDependencies) -> None:
        self._expected = [digest_of(key) for key in dependencies.report_keys]
        self._find_credential = dependencies.find_report_credential
        self._guard = dependencies.report_guard

    def admit(self, key: str) -> str | None:
        """Return the only site of a key. Raises NotFound, TooManyRequests."""
        credential = self._find_credential(key)
        if credential is not None:  # 192 random bits cannot be guessed, so it never waits
            return credential.site
        tried = TriedCredential(digest_of(key), ANY_KEY)
        self._guard.throttle(request, tried)
        if not _is_one_of(self._expected, tried.credential):
            self._guard.refuse(request, UNKNOWN_KEY, tried)
            raise NotFound("There is nothing here.")
        self._guard.remember(request, tried)
        return None


class _Views:
    """The view that takes a report."""

    def __init__(self, keys: _ReportKeys, database: Database) -> None:
        self._keys, self._database = keys, database
        self._recorder = ReportRecorder(database)

    def report(self, key: str) -> Response:
        """Take a report of Imagr's, and show on the card how far the Mac is: `200`.

        With a key of `ROLLCALL_REPORT_KEYS` or a site's own in the address; Imagr's fields
        `status`, `serial`, `message`.
        """
        allowed_site = self._keys.admit(key)
        fields = _fields()
        try:
            report = Report.parse(
                fields.get("serial", ""), fields.get("status", ""), fields.get("message", "")
            )
        except (InvalidSerial, StrangeReport) as error:
            log.warning("report not understood", reason=str(error))
        else:
            self._record(report, allowed_site)
        return text("heard\n")

    def _record(self, report: Report, allowed_site: str | None) -> None:
        bind_contextvars(serial=report.serial.text)
        if allowed_site is None or self._is_of(allowed_site, report.serial):
            self._recorder.note(report)
        else:
            log.warning(
                "report of a Mac that is not registered for the key's site", site=allowed_site
            )

    def _is_of(self, site: str, serial: Serial) -> bool:
        with self._database.reading() as session:
            mac = reports.find_status(session, serial)
        return mac is not None and normalize(mac.site) == normalize(site)


def _is_one_of(expected: Sequence[bytes], key: bytes) -> bool:
    matches = [hmac.compare_digest(digest, key) for digest in expected]  # all, in the same time
    return any(matches)


def _fields() -> dict[str, str]:
    """The fields of the form, whatever its type; the first of a name counts.

    They are not read by Flask, which needs the right type and refuses anything but UTF-8.
    """
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))
