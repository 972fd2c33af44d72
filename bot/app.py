"""Puts the people's door together: one Bolt app for HTTP requests and for Socket Mode."""

import logging

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot import commands, errors, features, gate, options
from bot.dependencies import Dependencies
from bot.dispatch import Dispatcher
from bot.homes import HomePublisher


def create_app(dependencies: Dependencies, client: WebClient) -> App:
    """Return the Bolt app, which speaks by `client`.

    Asks Slack nothing, so it starts while Slack is down."""

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
        request_verification_enabled=False,  # whoever has it listen to HTTP has done it
        raise_error_for_unhandled_request=True,  # so that it is answered too
        # Our listeners commit and then acknowledge, so the answer is theirs; without this Bolt
        # looks for the acknowledgement every 10 ms.
        process_before_response=True,
    )
    dispatcher, home = Dispatcher(), HomePublisher(dependencies)
    gate.attach(app, dependencies)
    commands.attach(app, dispatcher, dependencies.command)
    options.attach(app, dependencies)
    features.attach(app, dispatcher, dependencies, home)
    errors.attach(app, dependencies)
    return app
