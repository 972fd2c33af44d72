"""Errors as answers to Macs and scripts, with their fix."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Self

import structlog
from flask import Flask, Response, request
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from infrastructure.database.engine import Database
from infrastructure.errors import (
    Conflict,
    InvalidInput,
    RollcallError,
    Unknown,
    first_line,
    of_class,
)
from provisioning.access.errors import ExpiredToken, InvalidToken, OtherSite, SpentToken
from provisioning.clients.imagr.errors import ConfigUnusable, PictureUnavailable
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.munki.errors import (
    BadInclude,
    LayoutChanged,
    LayoutLost,
    ManifestUnreadable,
    NotServedYet,
    RepoUnusable,
    SerialMeansSomething,
    UnknownDestination,
)
from provisioning.munki.layout import DEFAULT
from provisioning.outbox import outbox
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.registrations.guards import UndoesMove
from provisioning.values.serials import PlaceholderSerial, UnusableSerial
from server.answers import answer_of
from server.repeats import MAX_KEYS, Repeats

log = structlog.get_logger()

_STATUS: dict[type[Exception], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    InvalidToken: HTTPStatus.UNAUTHORIZED,
    NotRegistered: HTTPStatus.FORBIDDEN,
    OtherSite: HTTPStatus.FORBIDDEN,
    PlaceholderSerial: HTTPStatus.FORBIDDEN,
    Unknown: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    NotServedYet: HTTPStatus.SERVICE_UNAVAILABLE,
    PictureUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    RegistrationChanged: HTTPStatus.SERVICE_UNAVAILABLE,
    RepoUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    UnusableTemplate: HTTPStatus.SERVICE_UNAVAILABLE,
}
ROW_GONE = (
    "The database lacks a row that belongs to this: somebody has deleted it. `boot.sh doctor` "
    "names what is left of it."
)
OURS = "Rollcall failed; its log says why."
_UNEXPECTED = "unexpected error"
# Seconds after which it is worth asking again.
RETRY_SOON, AFTER_AN_ANSWER = "2", "15"  # a fault that passes; an answer in Slack
RETRY_LATER = "60"  # a fault that an admin has to mend
# Errors that a person in the channel has to fix.
_TROUBLE = (
    UnknownDestination, ManifestUnreadable, BadInclude, RepoUnusable, LayoutChanged, LayoutLost,
    SerialMeansSomething, ExpiredToken, SpentToken, OtherSite, ConfigUnusable, UnusableTemplate,
    PlaceholderSerial, UnusableSerial,
)  # fmt: skip


class ErrorHandlers:
    """Handlers of errors: each becomes an answer, and the channel hears of what a person must fix.

    `usage` returns the words for a destination in Slack's `command`.
    """

    def __init__(
        self,
        database: Database,
        *,
        channel: str,
        command: str,
        usage: Callable[[], str] = lambda: DEFAULT.usage,
    ) -> None:
        self._database, self._channel = database, channel
        self._command, self._usage = command, usage
        self._repeats = Repeats(log.warning)
        self._notified: set[tuple[date, str]] = set()  # spares the database those who ask forever

    def register(self, app: Flask) -> None:
        """Have `app` translate every error."""
        app.register_error_handler(RollcallError, self.domain_error)
        app.register_error_handler(HTTPException, http_error)
        app.register_error_handler(exc.SQLAlchemyError, database_error)
        app.register_error_handler(Exception, unexpected_error)

    def domain_error(self, error: RollcallError) -> Response:
        """Answer with the fact and its fix, by the status of its class."""
        status = status_of(error)
        if status is None:
            return unexpected_error(error)
        self._tell(error)
        if not isinstance(error, InvalidToken):  # of which the guard has said more
            self._repeats.say((request.path, str(error)), "refused", reason=str(error))
        fix = _fix(error, self._command, self._usage)
        answer = answer_of(f"{error} {fix}".strip(), status)
        answer.headers.update(_headers(error, status))
        return answer

    def _tell(self, error: RollcallError) -> None:
        """Enqueue the news of trouble for the channel, once a day."""
        at = datetime.now(UTC)
        key = error.key if isinstance(error, LayoutChanged) else str(error)
        dedup_key = at.date(), key
        if not isinstance(error, _TROUBLE) or dedup_key in self._notified:
            return
        try:
            with self._database.begin() as session:
                is_new = outbox.enqueue_trouble(
                    session, channel=self._channel, sentence=error.sentence, key=key, at=at
                )
        except exc.SQLAlchemyError as fault:  # reported when it happens again
            log.error("trouble not told", reason=str(error), fault=first_line(fault))
            return
        if is_new:
            log.error("trouble", reason=str(error))
        if len(self._notified) >= MAX_KEYS:
            self._notified.clear()
        self._notified.add(dedup_key)


def http_error(error: HTTPException) -> Response:
    """Answer with the sentence of an error of HTTP, and its headers."""
    return with_headers(answer_of(error.description or error.name, error.code or 500), error)


def with_headers(answer: Response, error: HTTPException) -> Response:
    """Return an answer with the headers of an error, but for those of its content."""
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


@dataclass(frozen=True, slots=True)
class DatabaseFault:
    """The answer to an error of the database; without `retry_after`, asking again is vain."""

    sentence: str
    status: HTTPStatus
    retry_after: str | None = None  # seconds

    @classmethod
    def of(cls, error: exc.SQLAlchemyError) -> Self:
        """Return the answer to an error, and log the error."""
        if isinstance(error, exc.NoResultFound):
            log.exception("row gone")
            return cls(ROW_GONE, HTTPStatus.SERVICE_UNAVAILABLE, RETRY_LATER)
        if not isinstance(error, exc.DBAPIError | exc.TimeoutError | exc.PendingRollbackError):
            log.exception(_UNEXPECTED)
            return cls(OURS, HTTPStatus.INTERNAL_SERVER_ERROR)
        log.error("database failed", reason=first_line(error))
        sentence = "The database cannot be used at this time."
        return cls(sentence, HTTPStatus.SERVICE_UNAVAILABLE, "5")


def database_error(error: exc.SQLAlchemyError) -> Response:
    """Answer that the database fails, where it does; its words are for the log."""
    fault = DatabaseFault.of(error)
    answer = answer_of(fault.sentence, fault.status)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = fault.retry_after
    return answer


def unexpected_error(_: Exception) -> Response:
    """Answer that Rollcall failed, with the traceback in the log."""
    log.exception(_UNEXPECTED)
    return answer_of(OURS, HTTPStatus.INTERNAL_SERVER_ERROR)


def status_of(error: RollcallError) -> HTTPStatus | None:
    """Return the status of an error, by the nearest of its classes; None where it has none."""
    return of_class(_STATUS, error)


def _headers(error: RollcallError, status: HTTPStatus) -> dict[str, str]:
    """Headers for a client that does not read sentences."""
    if isinstance(error, NotRegistered):
        return {"Retry-After": AFTER_AN_ANSWER}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": RETRY_SOON}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return {}


def _fix(error: RollcallError, command: str, usage: Callable[[], str]) -> str:
    match error:
        case NotRegistered(serial=serial):
            return f"Type in Slack: {command} register {serial} {usage()}"
        case UndoesMove(serial=serial):
            return f"To send the Mac elsewhere, type in Slack: {command} move {serial} {usage()}"
        case UnknownDestination(nearest=(first, *_)):
            return f"Did you mean {first!r}?"
    return ""
