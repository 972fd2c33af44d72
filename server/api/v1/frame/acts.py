"""Acts of programs: each is carried out once for its key; a repetition gets the same answer."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Request, Response

from infrastructure.database.engine import Database
from provisioning.access.programs import calls
from provisioning.access.programs.calls import OneTransaction, ProgramCall, StoredAnswer
from server.api.v1.frame.errors import NoKey
from server.api.v1.frame.routes import body_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"  # in an answer that was given before
PIECE = 64 * 1024  # bytes of a body that are in memory at a time
_KEY = re.compile(r"[!-~]{1,255}")
_KEPT = ("Content-Type", "ETag", "Location")


def once(
    database: Database,
    request: Request,
    credential_id: int,
    now: datetime,
    do: Callable[[OneTransaction], Response],
) -> Response:
    """Carry out a request, and store the answer; or return the stored one.

    Refusals are not stored: the same key may be used again. Raises NoKey, KeyUsed, StillRunning.
    """
    asked = _asked(request, credential_id)
    with database.reading() as session:
        found = calls.find(session, asked, now)
    if found is not None:
        return _response(found)
    with database.begin() as session:
        claim = calls.claim(session, asked, now)
    try:
        with OneTransaction(database) as transaction:
            response = do(transaction)
            headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
            answer = StoredAnswer(response.status_code, headers, response.get_data())
            with transaction.begin() as session:
                calls.keep(session, asked, claim, answer)
    except Exception:
        with database.begin() as session:
            calls.release(session, asked, claim)
        raise
    return response


def _asked(request: Request, credential_id: int) -> ProgramCall:
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise NoKey
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode("utf-8", "replace"))
    digest.update(request.headers.get("If-Match", "").encode("utf-8", "replace") + b"\n")
    content = body_of(request)
    for piece in iter(partial(content.read, PIECE), b""):
        digest.update(piece)
    content.seek(0)
    return ProgramCall(credential_id, key, digest.hexdigest())


def _response(answer: StoredAnswer) -> Response:
    response = Response(answer.body, answer.status)
    response.headers.update(answer.headers)
    response.headers[REPLAYED] = "true"
    return response
