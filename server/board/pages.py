"""Pages for browsers: templates, the headers that keep them safe, and errors as pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from flask import Request, Response, g, request
from jinja2 import Environment
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from infrastructure.errors import Conflict, InvalidInput, RollcallError, Unknown, of_class
from provisioning.imports.edits.changes import NotTheirs
from provisioning.imports.sources import FileTooLarge, TooManyFiles
from provisioning.maintenance.acts.intake import NoSuchImport
from provisioning.monitoring.mail.choices import TooManyRequests
from provisioning.munki.errors import RepoUnusable, UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.registrations.errors import NotRegistered
from provisioning.values.language import (
    ENGLISH,
    LANGUAGES,
    _,
    commas,
    figure,
    hour,
    ngettext,
    spoken,
    stated,
    worded,
)
from server.answers import environment
from server.auth.attempts import BOARD, page_before
from server.auth.browsers import FORM_TOKEN, ForeignForm, Visitor
from server.auth.providers import SignInFailed
from server.board import words
from server.board.navigation import menu
from server.board.recent import HEADER
from server.errors import DatabaseFault

log = structlog.get_logger()

NUMBER = "<int(max=2147483647):number>"  # in a route; no database has a larger id
HEADERS = {
    # No script and no style but ours, from files; no frames; forms go to us alone.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with `no-referrer` a form's Origin would be `null`
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STATUS: dict[type[Exception], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotTheirs: HTTPStatus.FORBIDDEN,
    ForeignForm: HTTPStatus.FORBIDDEN,
    SignInFailed: HTTPStatus.FORBIDDEN,
    Unknown: HTTPStatus.NOT_FOUND,
    NoSuchImport: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooManyFiles: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    RepoUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def show(
    template: str, visitor: Visitor | None, *, status: int = HTTPStatus.OK, **values: object
) -> Response:
    """Return a page, as `draw` makes it and `send` sends it."""
    return send(draw(template, visitor, **values), status)


def draw(template: str, visitor: Visitor | None, **values: object) -> str:
    """Return a page; for a browser that loads an open page again, its content alone.

    Every value in it is escaped. The content is the same for all visitors, unless the template
    asks for the visitor.
    """
    page = templates().get_template(template)
    return page.render(
        visitor=visitor,
        language=spoken(),
        request_path=request.path,
        is_part=HEADER in request.headers,
        **values,
    )


def send(html: str, status: int = HTTPStatus.OK) -> Response:
    """Send a page; a browser that has it already gets `304`."""
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.vary.add(HEADER)
    if status == HTTPStatus.OK and request.method in ("GET", "HEAD"):
        response.add_etag()
        response.make_conditional(request)
    return response


def domain_error(error: RollcallError) -> Response:
    """Return the page of an error of ours. Raises it where it is not for people."""
    status = of_class(_STATUS, error)
    if status is None:
        raise error
    if isinstance(error, SignInFailed):
        log.warning("sign-in failed", reason=error.code, **error.facts)
    return _fault(why(error), status)


def http_error(error: HTTPException) -> Response:
    """Return the page of an error of HTTP."""
    headers = {name.lower(): value for name, value in error.get_headers()}
    sentence = str(error.description or error.name)
    return _fault(sentence, error.code or 500, headers.get("retry-after"))


def database_fault(error: SQLAlchemyError) -> Response:
    """Return the page of an error of the database, with the words that Macs get."""
    fault = DatabaseFault.of(error)
    return _fault(fault.sentence, fault.status, fault.retry_after)


def _fault(sentence: str, status: int, retry_after: str | None = None) -> Response:
    """The page of an error, with its sentence; a person goes back to the page with the form."""
    is_form = request.method == "POST"
    back = page_before(request) if is_form else BOARD
    page = show("fault.html", g.get("visitor"), status=status, sentence=sentence, back=back)
    if retry_after is not None:
        page.headers["Retry-After"] = retry_after
        if not is_form:  # a screen on a wall has to load it again by itself
            page.headers["Refresh"] = retry_after
    return page


@cache
def templates() -> Environment:
    """The templates of all pages, each compiled once in a process."""
    found = environment()
    found.globals |= {
        "_": with_elements,
        "ngettext": ngettext,
        "stated": stated,
        "form_token_name": FORM_TOKEN,
        "menu": menu,
    }
    found.globals |= {"place": words.place, "state_name": words.state_name}
    found.filters |= {
        "moment": hour,
        "time": time_element,
        "commas": commas,
        "figure": figure,
        "browser": words.browser,
    }
    return found


def with_elements(sentence: str, /, **facts: object) -> str:
    """Return a sentence as `_` does; facts that are elements of HTML stay so."""
    if any(isinstance(fact, Markup) for fact in facts.values()):
        return escape(_(sentence)).format(**facts)
    return _(sentence, **facts)


def time_element(at: datetime) -> Markup:
    """Return a moment in UTC as an element of HTML, to the minute that it shows.

    A browser shows it in its own time zone: `times.js`.
    """
    exactly = at.isoformat(timespec="minutes")
    return Markup('<time datetime="{}">{}</time>').format(exactly, hour(at))


def protect(response: Response) -> Response:
    """Add the headers of every answer below `/board`."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def why(error: RollcallError) -> str:
    """Return an error in the reader's language, with people who can help, or the nearest name."""
    sentence = worded(error)
    match error:
        case NotAllowed(outside=(provider, groups)):
            return f"{sentence} {_allowed(provider, groups)}"
        case NotAllowed(group=group, admins=admins):
            granters = [_("the people of its group in Slack")] if group else []
            granters += [_("an admin")] if admins else []
            if granters:
                names = commas(granters)
                return f"{sentence} {_('Who can allow it or do it: {names}.', names=names)}"
        case (
            NotRegistered(nearest=[first, *_others]) | UnknownDestination(nearest=[first, *_others])
        ):
            return f"{sentence} {_('Did you mean {name}?', name=first)}"
    return sentence


def _allowed(provider: str, groups: Sequence[str]) -> str:
    """The groups of a provider that the policy allows something."""
    if not groups:
        return _("The policy allows it to no group of {provider}.", provider=provider)
    return _(
        "The policy allows it to these groups of {provider}: {names}.",
        provider=provider,
        names=commas(groups),
    )


def why_not(check: Callable[..., None], *arguments: object) -> str | None:
    """Return the reason of a check of rights against an act; None where it is allowed."""
    try:
        check(*arguments)
    except (NotAllowed, NotTheirs) as error:
        return why(error)
    return None


def language_of(request: Request) -> str:
    """Return the language of a browser whose person is not known."""
    return request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH


def address(path: str, values: Mapping[str, str | int]) -> str:
    """Return an address with those values that are not empty."""
    query = urlencode({name: value for name, value in values.items() if value != ""})
    return f"{path}?{query}" if query else path


def see_other(path: str) -> Response:
    """Return the redirect to a page, after a form."""
    response = Response(status=HTTPStatus.SEE_OTHER)
    response.headers["Location"] = path
    return response
