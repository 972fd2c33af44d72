"""A person at the screen: can use what is there, and sees what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.slack.people.acting import Acting
from tests.fakes.slack.people.choosing import NotThere, answer, enter
from tests.fakes.slack.people.replies import Reply, SubmitResult, refusal, reply
from tests.fakes.slack.people.responding import respond
from tests.fakes.slack.people.screen import Target, button, field, surface
from tests.fakes.slack.people.submitting import incomplete, response_urls, settle
from tests.fakes.slack.sending.announcing import (
    announce,
    announce_edit,
    announce_member,
    announce_unarchived,
)
from tests.fakes.slack.state.drafts import Draft
from tests.fakes.slack.state.files import Given
from tests.fakes.slack.state.messages import Channel, Message, pasted_json
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.wire import JSON, Refused


class Person(Acting):
    """One member of the workspace. Raises NotThere for what is not on the screen."""

    @property
    def ephemerals(self) -> list[Message]:
        """The messages that only this person saw, oldest first."""
        return self._team.ephemerals[self.id]

    @property
    def home(self) -> View | None:
        """The App Home that was published for this person."""
        return self._team.views.homes.get(self.id)

    @property
    def dm(self) -> Channel:
        """This person's direct conversation with the app."""
        return self._team.direct(self.id)

    def say(
        self, channel: str, text: str, *, thread_ts: str = "", broadcast: bool = False
    ) -> Message:
        """Write a message into a channel, into a thread, or to the app (the id of `dm`)."""
        return self._post(channel, Draft(text, None, None), thread_ts, (), broadcast=broadcast)

    def paste(self, channel: str, rows: Sequence[Sequence[str]], text: str = "") -> Message:
        """Write a message with cells out of a spreadsheet."""
        return self._post(channel, Draft(text, None, None), "", (), [pasted_json(rows)])

    def edit(self, message: Message, text: str) -> None:
        """Change the text of a message of one's own."""
        before, message.text = message.text, text
        announce_edit(self._team, self._team.channels[message.channel_id], message, before)

    def pass_on(self, message: Message, channel: str, text: str = "") -> Message:
        """Pass a message on to another channel."""
        return self._post(channel, Draft(text, None, None), "", (), [message.shared_json()])

    def drop(self, channel: str, *files: Given, text: str = "", thread_ts: str = "") -> Message:
        """Drop files into a channel: each is a name, its bytes and, if need be, a MIME type."""
        return self._post(channel, Draft(text, None, None), thread_ts, files)

    def invite_bot(self, channel: str) -> None:
        """Invite the app's bot into a channel."""
        self._team.channels[channel].bot_is_member = True
        announce_member(self._team, self._team.channels[channel])

    def unarchive(self, channel: str) -> None:
        """Take a channel out of the archive."""
        self._team.channels[channel].archived = False
        announce_unarchived(self._team, self._team.channels[channel], self.id)

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

    def ask(self, command: str, text: str = "", *, channel: str) -> Reply:
        """Type a slash command that is answered in the acknowledgement or soon after it."""
        before = len(self.ephemerals)
        answered = self.slash(command, text, channel=channel)
        if answered.error or answered.message:
            return answered
        if not self._team.wait_until(lambda: len(self.ephemerals) > before, 20.0):
            raise NotThere(f"nothing answered {command} {text}")
        return replace(answered, message=self.ephemerals[-1])

    def shortcut(self, callback_id: str) -> Reply:
        """Use a global shortcut of the app."""
        payload = self._says.shortcut(callback_id, self._team.timestamps.next())
        return reply(self._send("interactive", payload))

    def shortcut_on(self, message: Message, callback_id: str) -> Reply:
        """Use a shortcut of the app in a message's menu, which an ephemeral one does not have."""
        shown = surface(message)
        if not isinstance(shown, Message) or shown.ephemeral_to:
            raise NotThere("an ephemeral message has no shortcuts")
        channel = self._team.channels[shown.channel_id]
        stamp = self._team.timestamps.next()
        payload = self._says.message_action(callback_id, stamp, shown, channel)
        url = self._team.response_urls.issue(self.id, channel.id)
        return reply(self._send("interactive", payload, url))

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

    def open_view(self, timeout: float = 20.0) -> View:
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
        """Open the app's Home tab. Nothing is sent to an app that did not subscribe to it."""
        event = self._says.app_home_opened(self._team.timestamps.next(), self.home)
        sent = self._team.events.tell("app_home_opened", event)
        return reply(sent.answers[-1]) if sent else Reply()

    def _post(
        self,
        channel_id: str,
        content: Draft,
        thread_ts: str,
        files: tuple[Given, ...],
        attachments: Sequence[JSON] = (),
        *,
        broadcast: bool = False,
    ) -> Message:
        if channel_id == f"D{self.id[1:]}":
            self._team.direct(self.id)
        channel = self._team.channels[channel_id]
        elsewhere = channel.archived or channel.user not in ("", self.id)
        if elsewhere or (thread_ts and not channel.find(thread_ts)):
            raise NotThere(f"nobody can write there: {channel_id} {thread_ts}")
        added = [self._team.files.add(each, self.id, self._team.origin) for each in files]
        message = self._team.say(channel, self.id, content, thread_ts, added, broadcast=broadcast)
        message.attachments = list(attachments)
        announce(self._team, channel, message)
        return message
