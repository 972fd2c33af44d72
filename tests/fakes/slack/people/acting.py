"""The way from a person's action to the app: payloads, response URLs, answers."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.blocks.finding import Placed
from tests.fakes.slack.people.choosing import NotThere, State, answer, carried, enter
from tests.fakes.slack.people.picking import check_choice, in_hand
from tests.fakes.slack.people.replies import Reply, reply
from tests.fakes.slack.people.screen import Target, field, surface
from tests.fakes.slack.people.suggesting import long_enough, options_of
from tests.fakes.slack.sending.delivery import Answer, Kind
from tests.fakes.slack.sending.payloads import Payloads, in_message, in_view
from tests.fakes.slack.state.files import File
from tests.fakes.slack.state.members import Member
from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.response_urls import ResponseUrl
from tests.fakes.slack.web.wire import JSON, Refused

TRIGGERING = (None, "block_actions", "view_submission", "shortcut", "message_action")
"""The types of payload that let an app open a view; a slash command has no type."""


class Acting:
    """The hands of a person: what they chose so far, and the way of their deeds to the app."""

    def __init__(self, team: Team, member: Member) -> None:
        self.id = member.id
        self.name = member.name
        self.member = member
        """The person's profile; may be changed at any time."""
        self.errors: list[str] = []
        """The errors that Slack showed to this person, oldest first."""
        self._team = team
        self._says = Payloads(team.app, member)
        self._offered: dict[str, list[JSON]] = {}
        self._chosen: dict[str, State] = {}

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
        """The choices of this person on a surface so far."""
        if isinstance(shown, View):
            return shown.state
        self._chosen[shown.ts] = carried(self._chosen.get(shown.ts, {}), shown.blocks)
        return self._chosen[shown.ts]

    def _answer(self, shown: Message | View, placed: Placed, given: Any) -> JSON:
        """The person's choice, as a payload has it. An external menu is asked for it if need be."""
        action_id = placed.element["action_id"]
        if placed.element["type"] == "file_input":
            return {"files": [file.as_json() for file in self._hand_over(placed.element, given)]}
        try:
            answered = answer(placed.element, given, self._offered.get(action_id, ()))
        except NotThere:
            if not placed.element["type"].endswith("external_select"):
                raise
            words = given if isinstance(given, list) else [given]
            offered = [each for word in words for each in self.type_ahead(shown, action_id, word)]
            answered = answer(placed.element, given, offered)
        check_choice(placed.element, answered)
        return answered

    def _hand_over(self, element: JSON, given: Any) -> list[File]:
        """Upload files into a modal: the app may see them from now on."""
        held = in_hand(element, given)
        files = [self._team.files.add(each, self.id, self._team.origin) for each in held]
        for file in files:
            file.handed_over = True
        return files

    def _options(self, answered: Answer) -> list[JSON]:
        try:
            return options_of(answered.body)
        except Refused as refused:
            self.errors.append(refused.error)
            return []
