"""The page: one Flask app over a Workspace. All that it shows is the Workspace's."""

import hashlib
import logging
from collections.abc import Sequence

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from tests.fakes.slack import NotThere, Workspace
from tests.fakes.slack.web.wire import Refused
from tools.demo.page.actions.choices import choices
from tools.demo.page.actions.deeds import deeds
from tools.demo.page.actions.desk import desk
from tools.demo.page.actions.files import file_routes
from tools.demo.page.actions.notices import notice
from tools.demo.page.actions.shortcuts import Shortcut, shortcut_routes
from tools.demo.page.actions.touches import Touches
from tools.demo.page.bench import DemoMacs
from tools.demo.page.board import Board, board_routes
from tools.demo.page.guards import guard
from tools.demo.page.people import DemoUser
from tools.demo.page.rendering.dates import FORMS, moment
from tools.demo.page.rendering.pages import pages

log = logging.getLogger(__name__)

TONES = 6
LARGEST = 30 * 1024 * 1024  # bytes of one upload


def create_app(
    workspace: Workspace,
    people: Sequence[DemoUser],
    bench: DemoMacs,
    shortcuts: Sequence[Shortcut] = (),
    board: Board | None = None,
) -> Flask:
    """The page for these people, the first of whom opens it; it leads to the `board`."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST, MAX_FORM_MEMORY_SIZE=LARGEST)
    app.jinja_env.filters.update(short=short, clock=clock, tone=tone)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(shortcuts=shortcuts, has_board=board is not None)
    guard(app)
    touches = Touches(workspace)
    for routes in (
        deeds(touches),
        choices(touches),
        desk(bench),
        shortcut_routes(touches, shortcuts),
        file_routes(workspace),
        pages(workspace, people, bench),
    ):
        app.register_blueprint(routes)
    if board is not None:
        app.register_blueprint(board_routes(workspace, people, board))
    app.register_error_handler(NotThere, _not_there)
    app.register_error_handler(Refused, _not_there)
    app.register_error_handler(Exception, _stumbled)
    return app


def _not_there(error: Exception) -> Response:
    return notice(f"That did not work: {error}.")


def _stumbled(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException):
        return error
    log.exception("the page stumbled")
    return notice(f"The page stumbled over this ({type(error).__name__}); see its terminal.")


def short(*parts: object) -> str:
    """An id for an element of the page, from whatever makes it the only one."""
    return "x" + hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def clock(ts: str) -> str:
    """The time of day of a message."""
    return FORMS["time"](moment(float(ts)))


def tone(name: str) -> int:
    """The number of a colour in the stylesheet, always the same for a name."""
    return sum(place * byte for place, byte in enumerate(name.encode(), 1)) % TONES
