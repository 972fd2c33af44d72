"""An app's answers to one person's request: in the acknowledgement or through a response_url."""

from __future__ import annotations

from tests.fakes.slack.state.drafts import check_presence, draft
from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.response_urls import ResponseUrl
from tests.fakes.slack.web.wire import JSON


def respond(team: Team, url: ResponseUrl, body: JSON) -> Message | None:
    """Show it: to the person alone, or to the channel with `response_type: in_channel`.

    `replace_original` and `delete_original` change the message that the request came from.
    Returns what is shown; None if it was deleted. Raises Refused.
    """
    arguments = Arguments(body)
    if arguments.flag("delete_original") and url.original:
        team.delete(url.original)
        return None
    content = draft(arguments)
    check_presence(content)
    if arguments.flag("replace_original") and url.original:
        return team.edit(url.original, content)
    if arguments.text("response_type") == "in_channel":
        channel = team.channels[url.channel_id]
        return team.say(channel, team.app.bot_user_id, content, arguments.text("thread_ts"))
    return team.whisper(url.channel_id, url.user_id, content)
