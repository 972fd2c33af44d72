"""chat.getPermalink: the address of a message."""

from __future__ import annotations

from tests.fakes.slack.api.frame.access import visible
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused


def permalink(team: Team, arguments: Arguments) -> JSON:
    """The address that opens this message; that of a reply also names its thread."""
    channel = visible(team, arguments.text("channel"))
    message = channel.find(arguments.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    place = f"https://{team.app.team_domain}.slack.com/archives/{channel.id}"
    url = f"{place}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        url += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": url}
