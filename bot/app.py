"""The Bolt app of the Slack door, for HTTP requests and for Socket Mode."""

import logging
from collections.abc import Callable

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.commands import help, slash_command, typed_messages  # noqa: A004 - the command's name
from bot.commands.dispatch import Dispatcher
from bot.commands.typed import stored
from bot.delivery import returns
from bot.dependencies import BotDependencies
from bot.diagnostics import doctor, preview
from bot.diagnostics.scopes import InstalledApp
from bot.errors import handler
from bot.firstboot import bench, decisions, replacements, unknown
from bot.home import home_tab, private
from bot.home.publisher import HomePublisher
from bot.imports import dry_run, files, pasting, shortcuts, workflow_step
from bot.imports.editing import edit_listeners
from bot.monitoring import digest, drift, statistics, webhooks
from bot.registrations import form, naming, register, search, undo
from bot.registrations.windows import danger, listeners
from bot.slack import replies
from bot.slack.markup import Message
from infrastructure.execution import outcomes
from provisioning.outbox import answers
from provisioning.values.board_pages import lead_to
from provisioning.values.language import ENGLISH, ListenerExecutor, speak

LAZY_THREADS = 5  # Bolt's own number
_FEATURES = (
    slash_command, typed_messages, help, register, listeners, danger, naming, search, undo,
    preview, doctor, unknown, decisions, bench, replacements, statistics, digest, drift,
    webhooks, private, pasting, dry_run, edit_listeners, form, files, shortcuts, workflow_step,
    returns, handler,
)  # fmt: skip


def create_app(dependencies: BotDependencies, client: WebClient) -> App:
    """Return the Bolt app, which speaks by `client`.

    Asks Slack nothing, so it starts while Slack is down.
    """

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=context.enterprise_id, team_id=context.team_id, bot_token=client.token
        )

    logger = logging.getLogger("bot")
    logger.setLevel(logging.ERROR)  # Bolt warns of the variables that we read ourselves
    app = App(
        name="rollcall",
        logger=logger,
        client=client,
        authorize=authorize,
        request_verification_enabled=False,  # the HTTP route has done it
        raise_error_for_unhandled_request=True,  # so that it is answered too
        # Our listeners commit and then acknowledge, so the answer is theirs; without this Bolt
        # looks for the acknowledgement every 10 ms.
        process_before_response=True,
        listener_executor=ListenerExecutor(max_workers=LAZY_THREADS),
    )
    _admit_members(app, dependencies)
    home = HomePublisher(dependencies, InstalledApp(client))
    dispatcher = Dispatcher(app, dependencies, home)
    home_tab.register_listeners(dispatcher, home)
    for feature in _FEATURES:
        feature.register_listeners(dispatcher)
    return app


def _admit_members(app: App, dependencies: BotDependencies) -> None:
    """Add a middleware that checks the membership of a person before each of their requests.

    From there on, the request is answered in their language, and its answers find their way.

    A message in a channel is an event: its listener checks by itself, because most messages are
    not meant for us.
    """

    def send_later(user: str, message: Message) -> None:
        """Enqueue an answer for a person that Slack did not take where it belongs."""
        with dependencies.database.begin() as session:
            answers.enqueue(session, channel=user, payload=stored(message), at=dependencies.clock())

    def show(message: Message, send: Callable[[Message], object]) -> None:
        """Send an answer with a table, as Slack takes it."""
        dependencies.refused.send(replies.ANSWERS, message, dependencies.clock(), send)

    def admit(
        context: BoltContext,
        body: dict[str, object],
        next: Callable[[], BoltResponse],  # noqa: A002 - Bolt gives it by this name
    ) -> BoltResponse:
        context[replies.SEND_LATER], context[replies.SHOW] = send_later, show
        speak(ENGLISH)  # not the language of the thread's last request
        lead_to(dependencies.board_origin)
        if context.user_id and body.get("type") != "event_callback":
            dependencies.admit(context.user_id)
        outcomes.begin()  # without those of the check, which are not of the request
        return next()

    app.use(admit)
