"""Listeners of the messages about drifts: a manifest is put back, or the registration follows."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, Requester
from bot.monitoring import drift_blocks
from bot.slack import payloads, replies
from bot.slack.markup import Message
from provisioning.monitoring.drift import drifts, examination, remedies
from provisioning.monitoring.drift.examination import ExaminedMac
from provisioning.registrations.models import Registration


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for both buttons."""
    actions = DriftActions(dependencies)

    def put_back(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        value = payloads.stored(action["value"], drift=int)
        replies.leave(context, actions.put_back(value["drift"], Requester.of(body)))
        ack()

    def take_over(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        value = payloads.stored(action["value"], drift=int, there=str)
        answer = actions.take_over(value["drift"], value["there"], Requester.of(body))
        replies.leave(context, answer)
        ack()

    app.action(drift_blocks.BACK)(ack=put_back, lazy=[replies.later])
    app.action(drift_blocks.OVER)(ack=take_over, lazy=[replies.later])


class DriftActions:
    """Decisions about drifts: each method is one, and one message back; the first wins.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def put_back(self, drift_id: int, requester: Requester) -> Message:
        """Have a job put the manifest back."""
        with self._dependencies.database.reading() as session:
            _, registration = drifts.find(session, drift_id)
        self._dependencies.permit(requester, registration.site)
        with self._dependencies.database.begin() as session:
            at = self._dependencies.clock()
            remedies.ask_to_put_back(session, drift_id, by=requester.user, at=at)
        return drift_blocks.is_being_put_back(registration)

    def take_over(self, drift_id: int, there: str, requester: Requester) -> Message:
        """Have the registration follow the manifest, if that is as the person saw it (`there`)."""
        registration, mac = self._examined(drift_id)
        if mac is None or mac.found is None or mac.found.difference.digest != there:
            self._record(mac)
            return drift_blocks.changed_since(registration)
        if mac.found.refusal is not None:
            return drift_blocks.refused(registration, mac.found.refusal)
        site, _ = mac.found.difference.place or (registration.site, "")
        self._dependencies.permit(requester, registration.site, site)
        with self._dependencies.acting(remedies.TOOK_OVER, requester) as (session, operation):
            repo = self._dependencies.repo.now()
            to = remedies.take_over(session, repo, drift_id, mac, operation=operation)
            return drift_blocks.taken_over(registration, to, operation)

    def _examined(self, drift_id: int) -> tuple[Registration, ExaminedMac | None]:
        """The registration of an open drift, and its Mac as it is now; None: it is not done."""
        with self._dependencies.database.reading() as session:
            drift, registration = drifts.find(session, drift_id)
            drifts.check_open(drift, registration)
            macs = examination.page(session, Registration.id == registration.id)
            examined = examination.examine(session, self._dependencies.repo, macs)
        return registration, examined[0] if examined else None

    def _record(self, mac: ExaminedMac | None) -> None:
        """Have the message show what is there now."""
        if mac is not None:
            with self._dependencies.database.begin() as session:
                drifts.record(session, [mac], self._dependencies.clock())
