"""The board's blueprint: its routes, and the steps before and after each of them."""

from flask import Blueprint, Response, g, request, send_from_directory
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import HTTPException, NotFound

from infrastructure.errors import RollcallError
from provisioning.imports import sources
from provisioning.values.language import _, speak
from server.answers import STATIC
from server.auth.browsers import Browsers, NotSignedIn
from server.auth.screens import Screens
from server.board.access.account import AccountPages
from server.board.access.mail import OPEN as OF_MAIL
from server.board.access.mail import MailPages
from server.board.access.others import OthersPages
from server.board.access.sign_in import SignInPages
from server.board.access.tokens import TokenPages
from server.board.intake import hand_in
from server.board.intake.batches import BatchPages
from server.board.intake.hand_in import HandInPages
from server.board.intake.imports import ImportPages
from server.board.intake.rows import RowPages
from server.board.macs.changes import ChangePages
from server.board.macs.page import MacPages
from server.board.macs.preview import PreviewPages
from server.board.oversight.credentials import CredentialPages
from server.board.oversight.doctor import DoctorPages
from server.board.oversight.log import LogPages
from server.board.oversight.places import PlacePages
from server.board.oversight.statistics import StatisticsPages
from server.board.oversight.webhooks import WebhookPages
from server.board.pages import (
    database_fault,
    domain_error,
    http_error,
    language_of,
    protect,
    see_other,
)
from server.board.registrations.bulk import BulkPages
from server.board.registrations.overview import OverviewPages
from server.board.registrations.table import TablePages
from server.board.screens import ScreenPages
from server.board.views import BoardPages, BoardParts
from server.dependencies import ServerDependencies

PATH = "/board"
# Endpoints that are for browsers without a session too.
_OPEN = frozenset(
    f"board.{name}"
    for name in (
        *("static_file", "sign_in", "leave_for", "come_back", "show_link", "use_link"),
        *("show_code_form", "use_code", "use_password", "wall", *OF_MAIL),
    )
)
# Endpoints to which no sign-in leads: those of signing in themselves, and what is no page, such as
# the address at which open pages ask for news where no `live` runs.
_NOWHERE = _OPEN | {"board.no_such_page"}

_VIEWS: tuple[type[BoardPages], ...] = (
    SignInPages, OverviewPages, TablePages, BulkPages, MacPages, ChangePages, PreviewPages,
    PlacePages, StatisticsPages, LogPages, DoctorPages, CredentialPages, WebhookPages,
    TokenPages, AccountPages, OthersPages, MailPages,
    HandInPages, ImportPages, RowPages, BatchPages,
)  # fmt: skip


def blueprint(dependencies: ServerDependencies, browsers: Browsers, screens: Screens) -> Blueprint:
    """Return the routes below `/board`."""
    routes = Blueprint("board", __name__, url_prefix=PATH)
    routes.add_url_rule("/static/<name>", view_func=static_file)
    _RouteHooks(browsers).add_to(routes)
    parts = BoardParts(dependencies, browsers)
    for views in _VIEWS:
        views(parts).add_to(routes)
    ScreenPages(parts, screens).add_to(routes)
    return routes


def static_file(name: str) -> Response:
    """A style, a script or a picture of the pages."""
    return send_from_directory(STATIC, name, max_age=60, conditional=True)


def no_such_page(unknown: str) -> Response:
    """The page for an address that is none: a mistyped one, or that of a form that was sent."""
    del unknown
    raise NotFound(_("There is no such page."))


class _RouteHooks:
    """The gate before and after each route: the session, the form, the headers, the errors."""

    def __init__(self, browsers: Browsers) -> None:
        self._browsers = browsers

    def add_to(self, routes: Blueprint) -> None:
        """Add the steps to the routes."""
        routes.add_url_rule("/<path:unknown>", view_func=no_such_page)
        routes.before_request(self.admit)
        routes.after_request(self.finish)
        routes.register_error_handler(NotSignedIn, self.send_to_sign_in)
        routes.register_error_handler(RollcallError, domain_error)
        routes.register_error_handler(HTTPException, http_error)
        routes.register_error_handler(SQLAlchemyError, database_fault)

    def admit(self) -> None:
        """Authenticate the visitor; others are sent to the sign-in."""
        g.visitor = None
        speak(language_of(request))
        if request.endpoint in _OPEN:
            return
        visitor = g.visitor = self._browsers.admit(request)
        speak(visitor.session.language)
        if request.path.startswith(f"{PATH}{hand_in.PATH}"):
            request.max_content_length = sources.LARGEST_FORM
        if request.method not in ("GET", "HEAD"):
            self._browsers.check_form(request, visitor)
            bind_contextvars(by=visitor.actor.by)

    def finish(self, response: Response) -> Response:
        """Add the headers that keep a page safe."""
        if g.get("forgets_attempt"):
            self._browsers.attempts.forget(response)
        return protect(response)

    def send_to_sign_in(self, _: NotSignedIn) -> Response:
        """Send a browser without a session to the sign-in, which leads back to the page."""
        response = see_other(f"{PATH}/sign-in")
        if request.endpoint not in _NOWHERE:
            self._browsers.attempts.store_page(request, response)
        return response
