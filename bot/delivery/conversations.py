"""Where a person is written to: Slack takes a user id for messages only, and not for files."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError


class Conversations:
    """Knows the direct conversations with people, each asked for once."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack
        self._known: dict[str, str] = {}

    def of(self, channel: str) -> str:
        """Return the conversation for a channel's id, which is its own, or for a user's.

        Raises what slack_sdk raises.
        """
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._known:
            opened = self._slack.conversations_open(users=channel).get("channel")
            if not isinstance(opened, dict) or not opened.get("id"):
                raise SlackRequestError("Slack opened a conversation and did not say which")
            self._known[channel] = str(opened["id"])
        return self._known[channel]
