"""The ways from a workspace to the app, and what is sent along them without a person's click."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.slack.apps.executions import Execution
from tests.fakes.slack.people.acting import Acting
from tests.fakes.slack.sending.delivery import Answer, RequestUrl
from tests.fakes.slack.sending.echoing import Echo
from tests.fakes.slack.sending.events import Sent
from tests.fakes.slack.state.team import Team


class Telling(Team):
    """A team that can be connected with an app."""

    def connect_http(self, url: str) -> None:
        """Send everything to the app's Request URL from now on, instead of a WebSocket."""
        self.door = RequestUrl(url, self.app.signing_secret, self.clock, self.patience)

    def verify_url(self) -> bool:
        """Challenge the Request URL, as Slack does when it is saved. True if the app passes."""
        challenge = secrets.token_urlsafe(32)
        asked = {"token": self.app.verification_token, "challenge": challenge}
        answer = self.door.send("events_api", {**asked, "type": "url_verification"})
        body = answer.body
        said = body.get("challenge") if isinstance(body, dict) else body
        return answer.error is None and said == challenge

    def wait_for_sockets(self, number: int = 1, timeout: float = 3.0) -> None:
        """Wait until the app has so many WebSockets open. Raises TimeoutError."""
        if not self.sockets.wait(number, timeout):
            raise TimeoutError(f"the app has not had {number} WebSockets within {timeout} s")

    def drop_sockets(self, *, politely: bool = True) -> None:
        """End the app's WebSockets: ask it to reconnect as Slack does, or just cut the line."""
        if politely:
            self.sockets.refresh("refresh_requested")
        else:
            self.sockets.cut()

    def retry_events(self) -> int:
        """Send the failed events again that are due by the clock. Returns how many were."""
        return self.events.retry()

    def redeliver(self) -> Sent:
        """Send the last event again, as when Slack did not hear the app's acknowledgement."""
        return self.events.redeliver()

    def hold_back_events(self) -> Answer:
        """Tell the app that it gets no more events for now (/reference/events/app_rate_limited)."""
        told = {
            "token": self.app.verification_token,
            "type": "app_rate_limited",
            "team_id": self.app.team_id,
            "minute_rate_limited": int(self.clock()) // 60 * 60,
            "api_app_id": self.app.id,
        }
        return self.door.send("events_api", told)

    def echo(self) -> None:
        """From now on also tell the app of its own messages and edits, as Slack does: it must
        not answer itself. Off by default, so that a test sees only what people did.
        """
        self.on_message.append(Echo(self))

    def run_step(
        self,
        callback_id: str,
        inputs: Mapping[str, Any],
        by: Acting | str,
        outputs: Sequence[str] = (),
    ) -> Execution:
        """Start a workflow step of the app.

        Args:
            callback_id: which one.
            inputs: what the workflow hands to it.
            by: who started the workflow. The app hears of them only through the inputs.
            outputs: the names of the outputs that the app has to give.
        """
        user_id = by if isinstance(by, str) else by.id
        execution = self.executions.start(callback_id, inputs, user_id, outputs)
        event = execution.as_event(self.app, self.timestamps.next())
        self.events.tell("function_executed", event)
        return execution
