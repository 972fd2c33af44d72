"""Listeners of the cards that ask where an unknown Mac goes."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, Requester
from bot.firstboot import unknown_blocks
from bot.slack import modals, replies
from bot.slack.markup import Message
from provisioning.firstboot import corrections, unknown
from provisioning.outbox.models import Card
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the menus and the buttons of the cards of unknown Macs."""
    actions = UnknownMacActions(dependencies)

    def chosen(ack: Ack) -> None:
        """Slack says at once what is chosen in a message; it is read when a button is pressed."""
        ack()

    def register(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        menus = body["state"]["values"].get(unknown_blocks.CHOICE, {})
        site, build = _chosen(menus, modals.SITE), _chosen(menus, modals.BUILD)
        answer = actions.register(int(action["value"]), site, build, _asker(body))
        replies.leave(context, answer)
        ack()

    def dismiss(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        replies.leave(context, actions.dismiss(int(action["value"]), _asker(body)))
        ack()

    def correct(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        meant = json.loads(action["value"])
        answer = actions.correct(meant["stranger"], meant["mac"], meant["revision"], _asker(body))
        replies.leave(context, answer)
        ack()

    for menu in (modals.SITE, modals.BUILD):
        app.action({"block_id": unknown_blocks.CHOICE, "action_id": menu})(chosen)
    app.action(unknown_blocks.REGISTER)(ack=register, lazy=[replies.later])
    app.action(unknown_blocks.DISMISS)(ack=dismiss, lazy=[replies.later])
    app.action(unknown_blocks.CORRECT)(ack=correct, lazy=[replies.later])


class UnknownMacActions:
    """Decisions about unknown Macs: each method is one, and one message back; the first wins.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def register(self, stranger_id: int, site: str, build: str, asker: Requester) -> Message:
        """Register it, on the card that asks."""
        if not (site and build):
            return unknown_blocks.incomplete(site, build)
        destination = self._dependencies.repo.destination(site, build)
        self._dependencies.permit(asker, destination.site)
        with self._dependencies.acting("registered", asker) as (session, operation):
            stranger = unknown.get_pending(session, stranger_id)
            batch = registrations.register(
                session,
                [Serial.parse(stranger.reported_as)],
                destination,
                operation=operation,
                channel=self._dependencies.channel_of(destination.site),
                asked_on=session.get_one(Card, stranger.card_id),
            )
            if not batch.registered:
                raise unknown.already_settled(session, stranger)
            return unknown_blocks.registered(stranger, destination, operation)

    def dismiss(self, stranger_id: int, asker: Requester) -> Message:
        """Note that it is none of ours."""
        with self._dependencies.database.begin() as session:
            return unknown_blocks.dismissed(
                unknown.dismiss(session, stranger_id, by=asker.user, at=self._dependencies.clock())
            )

    def correct(
        self, stranger_id: int, registration_id: int, revision: int, asker: Requester
    ) -> Message:
        """Give it the registration whose serial was a slip of its own."""
        with self._dependencies.database.reading() as session:
            site = session.get_one(Registration, registration_id).site
        self._dependencies.permit(asker, site)
        with self._dependencies.acting(unknown.CORRECTED, asker) as (session, operation):
            self._dependencies.permit(asker, session.get_one(Registration, registration_id).site)
            registration, was = corrections.correct(
                session, stranger_id, registration_id, revision, operation=operation
            )
            return unknown_blocks.corrected(registration, was, operation)


def _asker(body: dict[str, Any]) -> Requester:
    return Requester(body["user"]["id"], "button")


def _chosen(menus: dict[str, Any], name: str) -> str:
    return str((menus.get(name, {}).get("selected_option") or {}).get("value", ""))
