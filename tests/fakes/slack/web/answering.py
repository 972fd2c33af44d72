"""From a call to its answer: what the API says, unless a fault says otherwise."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify

from tests.fakes.slack import api
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments, Call
from tests.fakes.slack.web.faults import Kind
from tests.fakes.slack.web.pace import RateLimited
from tests.fakes.slack.web.wire import JSON, Refused


def answer_call(
    team: Team, method: str, arguments: Arguments, token: str, cut: Callable[[], None]
) -> Response | None:
    """Record the call, run it, answer it. None: the connection ends without an answer.

    `cut` ends the connection before the call is run.
    """
    call = Call(method, dict(arguments.values))
    team.calls.append(call)
    if slow := team.faults.strike(Kind.DELAY, method):
        slow.sleep()
    if _is_lost(team, call, cut):
        call.status = 0
        return None
    if limited := team.faults.strike(Kind.RATE_LIMITED, method):
        return _rate_limited(call, int(limited.seconds))
    if failed := team.faults.strike(Kind.FAIL_UNSHOWN, method):
        return _answer(team, call, Refused(failed.error).body())
    try:
        body = api.call(team, method, arguments, token)
    except Refused as refused:
        return _answer(team, call, refused.body())
    except RateLimited as limited_by_pace:
        return _rate_limited(call, limited_by_pace.retry_after)
    return _after(team, call, body)


def _is_lost(team: Team, call: Call, cut: Callable[[], None]) -> bool:
    """Hold a call that would show something, where a test wants it to, before it is looked at."""
    held = team.faults.hold if api.shows(call.method) else None
    wait = held(call) if held else None
    if wait is None:
        return False
    if team.faults.cut:
        cut()
    return not wait()


def _after(team: Team, call: Call, body: JSON) -> Response | None:
    """The moment between what people see and what the app hears."""
    if api.shows(call.method):
        if team.faults.before_reply:
            team.faults.before_reply(call.method)
        if team.faults.strike(Kind.LOSE_REPLY, call.method):
            call.status = 0
            return None
        if failed := team.faults.strike(Kind.FAIL_SHOWN, call.method):
            body = Refused(failed.error).body()
    return _answer(team, call, body)


def _answer(team: Team, call: Call, body: JSON) -> Response:
    call.status, call.error = 200, body.get("error")
    response = jsonify(body)
    response.headers["X-OAuth-Scopes"] = ",".join(sorted(team.app.scopes))
    return response


def _rate_limited(call: Call, retry_after: int) -> Response:
    call.status, call.error = 429, "ratelimited"
    response = jsonify(Refused("ratelimited").body())
    response.status_code = 429
    response.headers["Retry-After"] = str(retry_after)
    return response
