"""What is said in conversations that Rollcall is in: whether it comes from people and is for us."""

from typing import Any

Body = dict[str, Any]


def is_files(body: Body) -> bool:
    """Whether the event is that a person, and not Rollcall or another bot, shared files."""
    event = body.get("event", {})
    by_bot = event.get("bot_id") or event.get("user") in (None, own_user(body))
    return event.get("subtype") == "file_share" and not by_bot


def is_meant(body: Body) -> bool:
    """Whether a message is meant for Rollcall: said to it alone, or mentioning it."""
    event = body.get("event", {})
    if event.get("channel_type") == "im":
        return True
    return f"<@{own_user(body)}>" in str(event.get("text") or "")


def own_user(body: Body) -> str:
    """The id of the bot's own user; a word that is none where Slack does not say it."""
    first: Body = next(iter(body.get("authorizations") or ()), {})
    return str(first.get("user_id") or "nobody")


def thread_of(event: Body) -> str:
    """The ts of the thread to answer a message in."""
    return str(event.get("thread_ts") or event["ts"])
