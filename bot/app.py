"""Puts the people's door together: one Bolt app for HTTP requests and for Socket Mode."""

import logging

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.context import BoltContext

from bot import commands, errors, gate, options, policies
from bot.desk import Desk
from bot.features import FEATURES
from bot.members import Members
from bot.slack import client
from provisioning.database import Database
from provisioning.munki import opened
from provisioning.previewers import Previewer
from rollcall.settings import BotSettings


def create_app(settings: BotSettings, database: Database) -> App:
    """Return the Bolt app. Asks Slack nothing, so it starts while Slack is down."""
    token = settings.bot_token.get_secret_value()

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=context.enterprise_id, team_id=context.team_id, bot_token=token
        )

    logger = logging.getLogger("bot")
    logger.setLevel(logging.ERROR)  # Bolt warns of the variables that we read ourselves
    app = App(
        name="rollcall",
        logger=logger,
        client=client(settings),
        authorize=authorize,
        request_verification_enabled=False,  # whoever has it listen to HTTP has done it
        raise_error_for_unhandled_request=True,  # so that it is answered too
        # Our listeners commit and then acknowledge, so the answer is theirs; without this Bolt
        # looks for the acknowledgement every 10 ms.
        process_before_response=True,
    )
    policy = policies.watched(settings.policy)
    repo = opened(settings.munki_repo, settings.repo_copy)
    desk = Desk(
        database,
        repo,
        channel=settings.channel,
        command=settings.command,
        policy=policy,
        members=Members(app.client),
        previewer=Previewer.of_bot(settings, repo),
    )
    gate.attach(app, desk)
    for listeners in (commands, options, *FEATURES, errors):
        listeners.attach(app, desk)
    return app
