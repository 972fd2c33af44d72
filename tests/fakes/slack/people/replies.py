"""Replies that a person gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.slack.sending.delivery import TIMEOUT, Answer
from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.wire import JSON, Refused


@dataclass(frozen=True)
class Reply:
    """The answer to a command or a click, as a person sees it within three seconds.

    `took` is in seconds; `status` is the HTTP status, 200 over a WebSocket, None where nothing
    came or nothing was sent. `error` is Slack's own word to the person.
    """

    took: float = 0.0
    status: int | None = None
    error: str | None = None
    problems: Sequence[str] = ()
    message: Message | None = None

    @property
    def text(self) -> str:
        """The text of the acknowledgement; empty if it shows nothing."""
        return self.message.text if self.message else ""

    @property
    def blocks(self) -> list[JSON]:
        """The blocks of the acknowledgement."""
        return self.message.blocks if self.message else []

    @property
    def response_type(self) -> str | None:
        """The audience of the acknowledgement: `ephemeral`, `in_channel`, or None without one."""
        if self.message is None:
            return None
        return "ephemeral" if self.message.ephemeral_to else "in_channel"

    @property
    def timed_out(self) -> bool:
        """True if the app did not answer in time."""
        return self.error == TIMEOUT


@dataclass(frozen=True)
class SubmitResult:
    """The result of submitting a modal.

    `errors` are shown below the inputs, by block_id; with them the modal stays open.
    """

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    updated_view: View | None = None
    error: str | None = None
    problems: Sequence[str] = ()
    took: float = 0.0


def reply(answer: Answer, message: Message | None = None) -> Reply:
    """The reply that an answer of the app amounts to."""
    return Reply(answer.took, answer.status, answer.error, message=message)


def refusal(answer: Answer, refused: Refused) -> Reply:
    """The reply where Slack does not show what the app answered."""
    problems = refused.details.get("errors", ())
    return Reply(answer.took, answer.status, refused.error, problems)
