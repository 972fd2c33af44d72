"""Who is let in at all: members of the workspace, whatever they want to do."""

from collections.abc import Callable

from slack_bolt import App, BoltResponse
from slack_bolt.context.context import BoltContext

from bot.dependencies import Dependencies


def attach(app: App, dependencies: Dependencies) -> None:
    """Have everything that people do pass by here first.

    What somebody merely types into a channel is an event; its listener asks for itself, because
    most of that is not meant for us.
    """

    def admit(
        context: BoltContext,
        body: dict[str, object],
        next: Callable[[], BoltResponse],  # noqa: A002
    ) -> BoltResponse:
        if context.user_id and body.get("type") != "event_callback":
            dependencies.members.admit(context.user_id)
        return next()

    app.use(admit)
