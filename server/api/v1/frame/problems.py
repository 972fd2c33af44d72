"""Problems: errors as answers of the form that RFC 9457 gives them, each with its fix."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, g, request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from infrastructure.errors import RollcallError, first_line
from provisioning.access.programs.calls import ATTEMPT_TIMEOUT, StillRunning
from server import errors
from server.api.v1.frame import discretion
from server.api.v1.frame.errors import (
    AGAIN,
    FIXES_OF_HTTP,
    SEE,
    AlreadyRegistered,
    Invalid,
    ProblemKind,
    kind_of,
)

log = structlog.get_logger()

PREFIX = "/api/v1"
CONTENT_TYPE = "application/problem+json"


class Fault(BaseModel):
    """A fault in what was sent: the place, and the reason."""

    at: str
    why: str


class Problem(BaseModel):
    """A problem (RFC 9457): `type` is for programs, `detail` and `fix` for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    fix: str
    faults: list[Fault] | None = None
    registration: int | None = None


_FAILED = "Tell an admin: Rollcall's log says why."


def answer_to(error: Exception) -> Response:
    """Return the answer to any error; unknown ones are logged."""
    match error:
        case RollcallError():
            kind = kind_of(error)
            if kind is not None:
                return _of_ours(error, kind)
        case HTTPException():
            return _of_http(error)
        case exc.DBAPIError() | exc.TimeoutError() | exc.PendingRollbackError():
            log.error("database failed", reason=first_line(error))
            answer = problem("unavailable", 503, "The database cannot be used at this time.", AGAIN)
            answer.headers["Retry-After"] = "5"
            return answer
        case exc.NoResultFound():
            log.exception("row gone", exc_info=error)
            answer = problem("row-gone", 503, errors.ROW_GONE, "Tell an admin.")
            answer.headers["Retry-After"] = errors.RETRY_LATER
            return answer
    log.exception("unexpected error", exc_info=error)
    return problem("failed", 500, "Rollcall failed; its log says why.", _FAILED)


def problem(name: str, status: int, detail: str, fix: str, **others: Any) -> Response:
    """Return an answer with one problem."""
    title = name.replace("-", " ").capitalize()
    content = Problem(
        type=f"{PREFIX}/#{name}", title=title, status=status, detail=detail, fix=fix, **others
    )
    body = content.model_dump_json(exclude_none=True)
    return Response(body, status, content_type=CONTENT_TYPE)


def anywhere(error: HTTPException) -> Response:
    """Answer to an unknown path or method: below the API's path as a problem, else as text."""
    is_ours = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
    return _of_http(error) if is_ours else errors.http_error(error)


def _of_ours(error: RollcallError, kind: ProblemKind) -> Response:
    token = g.get("token")
    fix = discretion.fix(error, token, kind.fix)
    others: dict[str, Any] = {}
    if isinstance(error, Invalid):
        others = {"faults": error.faults}
    elif isinstance(error, AlreadyRegistered):
        others = {"registration": error.number}
    answer = problem(kind.name, kind.status, discretion.detail(error, token), fix, **others)
    if isinstance(error, StillRunning):
        answer.headers["Retry-After"] = str(int(ATTEMPT_TIMEOUT.total_seconds()))
    elif kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = errors.RETRY_SOON
    elif kind.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = str(error.description or error.name)
    fix = FIXES_OF_HTTP.get(status, SEE)
    answer = problem(error.name.lower().replace(" ", "-"), status, detail, fix)
    return errors.with_headers(answer, error)
