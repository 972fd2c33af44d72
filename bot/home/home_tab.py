"""Listeners of the Home tab: its opening, its filters, its pages and its form."""

from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import Ack
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.commands.dispatch import Dispatcher
from bot.home import blocks
from bot.home.publisher import HomePublisher
from bot.slack import modals, replies
from bot.slack.home_state import FILTERS, HomeState, home_behind


def register_listeners(dispatcher: Dispatcher, publisher: HomePublisher) -> None:
    """Register the listeners that publish the Home, open its form, and fill its filters."""
    dependencies = dispatcher.dependencies
    _publish(dispatcher, publisher)
    _open(dispatcher)
    dispatcher.app.options(FILTERS["site"])(
        _offering("site", lambda _: dependencies.repo.now().sites())
    )
    dispatcher.app.options(FILTERS["build"])(
        _offering("build", lambda site: dependencies.repo.now().builds(site))
    )


def _publish(dispatcher: Dispatcher, publisher: HomePublisher) -> None:
    """Acknowledge first: the Home is drawn by lazy listeners."""

    def opened(event: dict[str, Any]) -> None:
        """Note the request; the event is sent for our other tabs too."""
        if event.get("tab") == "home":
            publisher.newest.note(event["user"], float(event["event_ts"]))

    def show(client: WebClient, event: dict[str, Any]) -> None:
        """Show the Home with the filters and the page of its last view."""
        if event.get("tab") == "home":
            home_state = HomeState.at(event.get("view"))
            publisher.show(client, event["user"], home_state, at=float(event["event_ts"]))

    def pressed(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Note the request for another page or another filter."""
        publisher.newest.note(body["user"]["id"], float(action["action_ts"]))
        ack()

    dispatcher.app.event("app_home_opened")(ack=opened, lazy=[show])
    for action_id in (*FILTERS.values(), blocks.PREVIOUS, blocks.NEXT):
        dispatcher.app.action(action_id)(ack=pressed, lazy=[publisher.pressed])


def _open(dispatcher: Dispatcher) -> None:
    """Open the form; `bot.registrations.windows` listens to the menus beside the Macs."""

    def form(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
        """Open the form that registers Macs."""
        window = modals.form(dispatcher.dependencies.kinds, home=home_behind(body["view"]))
        replies.open_window(client, body, context, window)

    dispatcher.app.action(blocks.REGISTER)(ack=replies.acknowledge, lazy=[form])


def _offering(kind: str, names: Callable[[str | None], Sequence[str]]) -> Callable[..., None]:
    """A listener that offers “all” and the names that hold the typed text.

    `names` gets the site that the Home is filtered by, None for all.
    """

    def offer(ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        offered = names(HomeState.at(body.get("view")).mac_filter.site)
        choices = (modals.MenuChoice(name, name) for name in offered)  # as the Macs below are shown
        options = [blocks.every(kind), *modals.matching(choices, payload)]
        ack(options=options[: modals.MAX_OPTIONS])

    return offer
