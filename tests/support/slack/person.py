"""A person at the screen: can use what is there, and sees what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.slack.blocks.finding import Placed
from tests.support.slack.choosing import NotThere, State, answer, carried, enter
from tests.support.slack.delivery import Answer, Kind
from tests.support.slack.drafts import Draft
from tests.support.slack.messages import Message
from tests.support.slack.payloads import Payloads, in_message, in_view
from tests.support.slack.replies import Reply, SubmitResult, refusal, reply
from tests.support.slack.responding import respond
from tests.support.slack.response_urls import ResponseUrl
from tests.support.slack.screen import Target, button, field, surface
from tests.support.slack.submitting import incomplete, response_urls, settle
from tests.support.slack.suggesting import long_enough, options_of
from tests.support.slack.team import Team
from tests.support.slack.view import View
from tests.support.slack.wire import JSON, Refused

TRIGGERING = (None, "block_actions", "view_submission")
"""What lets an app open a view; a slash command has no type."""


class Person:
    """One member of the workspace. Raises NotThere for what is not on the screen."""

    def __init__(self, team: Team, user_id: str, name: str) -> None:
        self.id = user_id
        self.name = name
        self.errors: list[str] = []
        """What Slack told this person went wrong, oldest first."""
        self._team = team
        self._says = Payloads(team.app, user_id, name)
        self._offered: dict[str, list[JSON]] = {}
        self._chosen: dict[str, State] = {}

    @property
    def ephemerals(self) -> list[Message]:
        """The messages that only this person saw, oldest first."""
        return self._team.ephemerals[self.id]

    @property
    def home(self) -> View | None:
        """The App Home that was published for this person."""
        return self._team.views.homes.get(self.id)

    def say(self, channel: str, text: str) -> Message:
        """Write a message into a channel."""
        return self._team.say(self._team.channels[channel], self.id, Draft(text, None, None))

    def slash(self, command: str, text: str = "", *, channel: str) -> Reply:
        """Type a slash command into a channel."""
        url = self._team.response_urls.issue(self.id, channel)
        payload = self._says.slash(command, text, self._team.channels[channel])
        answered = self._send("slash_commands", payload, url)
        body = answered.body if isinstance(answered.body, dict) else {"text": answered.body}
        if answered.error or not answered.body:
            return reply(answered)
        try:
            return reply(answered, respond(self._team, url, body))
        except Refused as refused:
            self.errors.append(refused.error)
            return refusal(answered, refused)

    def click(self, target: Target, action_id: str, value: str | None = None) -> Reply:
        """Press a button; `value` says which, where several have this action_id."""
        shown = surface(target)
        placed = button(shown, action_id, value)
        return self._act(shown, placed, answer(placed.element, value))

    def select(self, target: Target, action_id: str, value: Any) -> Reply:
        """Choose in a menu, by an option's value or label. Nothing is sent from an input block
        without `dispatch_action`.
        """
        shown = surface(target)
        placed = field(shown, action_id)
        return self._act(shown, placed, self._answer(shown, placed, value))

    def type_ahead(self, target: Target, action_id: str, query: str) -> list[JSON]:
        """Type into an external menu. Returns the options it offers; none if the app fails."""
        shown = surface(target)
        placed = field(shown, action_id)
        if not long_enough(placed.element, query):
            return []
        payload = {**self._says.block_suggestion(placed, query), **self._place(shown)}
        offered = self._options(self._send("interactive", payload))
        self._offered[placed.element["action_id"]] = offered
        return offered

    def open_view(self, timeout: float = 3.0) -> View:
        """The modal on top, once there is one."""
        self._team.wait_until(lambda: self._team.views.top(self.id) is not None, timeout)
        view = self._team.views.top(self.id)
        if view is None:
            raise NotThere(f"no modal opened for {self.name} within {timeout} s")
        return view

    def submit(self, view: View, answers: Mapping[str, Any] | None = None) -> SubmitResult:
        """Fill in a modal, by block_id or action_id, and press its submit button."""
        surface(view)
        for name, given in (answers or {}).items():
            placed = field(view, name)
            enter(view.state, placed, self._answer(view, placed, given))
        view.errors = incomplete(view)
        if view.errors:
            return SubmitResult(errors=view.errors)
        payload = self._says.view_submission(view, list(response_urls(self._team, view)))
        return settle(self._team, view, self._send("interactive", payload))

    def close(self, view: View) -> None:
        """Dismiss a modal. The app hears of it only with `notify_on_close`."""
        self._team.views.close(view)
        if view.content.get("notify_on_close"):
            self._send("interactive", self._says.view_closed(view))

    def open_home(self) -> Reply:
        """Open the app's Home tab."""
        event = self._says.app_home_opened(self._team.timestamps.next(), self.home)
        return reply(self._send("events_api", event))

    def _act(self, shown: Message | View, placed: Placed, answered: JSON) -> Reply:
        enter(self._state(shown), placed, answered)
        if placed.block["type"] == "input" and not placed.block.get("dispatch_action"):
            return Reply()
        payload = self._says.block_actions(placed, answered, self._team.timestamps.next())
        url = None
        if isinstance(shown, Message):
            url = self._team.response_urls.issue(self.id, shown.channel_id, shown)
        return reply(self._send("interactive", {**payload, **self._place(shown)}, url))

    def _send(self, kind: Kind, payload: JSON, url: ResponseUrl | None = None) -> Answer:
        """Hand a payload to the app, with the rights to react to it."""
        rights = {}
        if payload.get("type") in TRIGGERING:
            rights["trigger_id"] = self._team.triggers.issue(self.id)
        if url:
            rights["response_url"] = self._team.origin + url.path
        answered = self._team.door.send(kind, {**payload, **rights})
        if answered.error:
            self.errors.append(answered.error)
        return answered

    def _place(self, shown: Message | View) -> JSON:
        if isinstance(shown, View):
            return in_view(self._team.app, shown)
        channel = self._team.channels[shown.channel_id]
        return in_message(shown, channel, self._state(shown))

    def _state(self, shown: Message | View) -> State:
        """What this person has chosen on a surface so far."""
        if isinstance(shown, View):
            return shown.state
        self._chosen[shown.ts] = carried(self._chosen.get(shown.ts, {}), shown.blocks)
        return self._chosen[shown.ts]

    def _answer(self, shown: Message | View, placed: Placed, given: Any) -> JSON:
        """What this person's choice is; an external menu is asked for it if need be."""
        action_id = placed.element["action_id"]
        try:
            return answer(placed.element, given, self._offered.get(action_id, ()))
        except NotThere:
            if not placed.element["type"].endswith("external_select"):
                raise
        words = given if isinstance(given, list) else [given]
        offered = [each for word in words for each in self.type_ahead(shown, action_id, word)]
        return answer(placed.element, given, offered)

    def _options(self, answered: Answer) -> list[JSON]:
        try:
            return options_of(answered.body)
        except Refused as refused:
            self.errors.append(refused.error)
            return []
