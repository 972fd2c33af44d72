"""Answers to Macs and scripts: text by default, JSON where asked, errors with their fix."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, request
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError, first_line
from provisioning.access.errors import ExpiredToken, InvalidToken, OtherSite, SpentToken
from provisioning.clients.imagr.errors import ConfigUnusable, PictureUnavailable
from provisioning.clients.installapplications.document import NoSuchScript
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.munki.editing import ManifestChanged, NoManifest, StillIncluded
from provisioning.munki.errors import (
    LayoutChanged,
    ManifestUnreadable,
    MissingInclude,
    NotServedYet,
    RepoUnusable,
    SerialMeansSomething,
    UnknownDestination,
)
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.ownership import TwoOfAKind
from provisioning.munki.manifests.names import InvalidName
from provisioning.outbox import outbox
from provisioning.registrations.errors import NotRegistered, RegistrationChanged
from provisioning.registrations.guards import UndoesMove, WaitedFor
from provisioning.registrations.names.name_clashes import ComputerNameClashes
from provisioning.values.serials import InvalidSerial, PlaceholderSerial
from server.request_log import MOST, Repeats

log = structlog.get_logger()

_STATUS: dict[type[RollcallError], HTTPStatus] = {
    InvalidSerial: HTTPStatus.BAD_REQUEST,
    PlaceholderSerial: HTTPStatus.FORBIDDEN,
    InvalidToken: HTTPStatus.UNAUTHORIZED,
    NotRegistered: HTTPStatus.FORBIDDEN,
    OtherSite: HTTPStatus.FORBIDDEN,
    UnknownDestination: HTTPStatus.NOT_FOUND,
    NoSuchScript: HTTPStatus.NOT_FOUND,
    ManifestUnreadable: HTTPStatus.CONFLICT,
    MissingInclude: HTTPStatus.CONFLICT,
    SerialMeansSomething: HTTPStatus.CONFLICT,
    TwoOfAKind: HTTPStatus.CONFLICT,
    LayoutChanged: HTTPStatus.CONFLICT,
    ComputerNameClashes: HTTPStatus.CONFLICT,
    NoManifest: HTTPStatus.NOT_FOUND,
    InvalidName: HTTPStatus.BAD_REQUEST,
    StillIncluded: HTTPStatus.CONFLICT,
    UndoesMove: HTTPStatus.CONFLICT,
    WaitedFor: HTTPStatus.CONFLICT,
    ManifestChanged: HTTPStatus.CONFLICT,
    NotServedYet: HTTPStatus.SERVICE_UNAVAILABLE,
    RegistrationChanged: HTTPStatus.SERVICE_UNAVAILABLE,
    RepoUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    ConfigUnusable: HTTPStatus.CONFLICT,
    PictureUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    UnusableTemplate: HTTPStatus.SERVICE_UNAVAILABLE,
}
# Seconds after which it is worth asking again.
SOON, AFTER_AN_ANSWER = "2", "15"  # a fault that passes; an answer in Slack
# Errors that a person in the channel has to fix.
_TROUBLE = (
    *(UnknownDestination, ManifestUnreadable, MissingInclude, RepoUnusable),
    *(
        LayoutChanged,
        SerialMeansSomething,
        ExpiredToken,
        SpentToken,
        OtherSite,
        ConfigUnusable,
        UnusableTemplate,
        PlaceholderSerial,
    ),
)


def text(body: str | bytes, status: int = HTTPStatus.OK) -> Response:
    """An answer in plain text."""
    return Response(body, status, content_type="text/plain; charset=utf-8")


def register_handlers(
    app: Flask,
    database: Database,
    *,
    channel: str,
    command: str,
    usage: Callable[[], str] = lambda: DEFAULT.usage,
) -> None:
    """Have `app` translate every error; `channel` hears of those that a person must fix.

    `usage` returns the words for a destination in Slack's `command`.
    """
    repeats, notified = Repeats(log.warning), set[tuple[date, str]]()

    @app.errorhandler(RollcallError)
    def domain_error(error: RollcallError) -> Response:
        status = _status(error)
        if status is None:
            return unexpected_error(error)
        _tell(database, channel, error, notified)
        if not isinstance(error, InvalidToken):  # of which the guard has said more
            repeats.say((request.path, str(error)), "refused", reason=str(error))
        answer = _error(f"{error} {_fix(error, command, usage)}".strip(), status)
        answer.headers.update(_headers(error, status))
        return answer

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        answer = _error(error.description or error.name, error.code or 500)
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(exc.SQLAlchemyError)
    def database_error(error: exc.SQLAlchemyError) -> Response:
        if not isinstance(error, exc.DBAPIError | exc.TimeoutError | exc.PendingRollbackError):
            return unexpected_error(error)
        log.error("database failed", reason=first_line(error))
        answer = _error("The database cannot be used at this time.", 503)
        answer.headers["Retry-After"] = "5"
        return answer

    @app.errorhandler(Exception)
    def unexpected_error(_: Exception) -> Response:
        log.exception("unexpected error")
        return _error("Rollcall failed; its log says why.", 500)


def _status(error: RollcallError) -> HTTPStatus | None:
    """Return the status of an error, by the nearest of its classes; None where it has none."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), None)


def _headers(error: RollcallError, status: HTTPStatus) -> dict[str, str]:
    """Headers for a client that does not read sentences."""
    if isinstance(error, NotRegistered):
        return {"Retry-After": AFTER_AN_ANSWER}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": SOON}
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


def wants_json() -> bool:
    """Return whether the client prefers JSON to text; text is the default."""
    offered = ["text/plain", "application/json"]
    return request.accept_mimetypes.best_match(offered, "text/plain") == "application/json"


def _error(sentence: str, status: int) -> Response:
    if not wants_json():
        return text(sentence + "\n", status)
    answer = jsonify(error=sentence)
    answer.status_code = status
    return answer


def _tell(
    database: Database, channel: str, error: RollcallError, notified: set[tuple[date, str]]
) -> None:
    """Enqueue the news of trouble for the channel, once a day.

    `notified` spares the database those who ask for ever.
    """
    at = datetime.now(UTC)
    key = error.key if isinstance(error, LayoutChanged) else str(error)
    dedup_key = at.date(), key
    if not isinstance(error, _TROUBLE) or dedup_key in notified:
        return
    with database.begin() as session:
        is_new = outbox.enqueue_trouble(
            session, channel=channel, sentence=str(error), key=key, at=at
        )
    if is_new:
        log.error("trouble", reason=str(error))
    if len(notified) >= MOST:
        notified.clear()
    notified.add(dedup_key)
