"""Files of ours on their way to Slack, in the three steps that Slack wants."""

from collections.abc import Callable
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from bot.delivery.rendering import OutgoingMessage
from bot.slack.client import TIMEOUT
from bot.slack.results import preparing


def name_of(posting: OutgoingMessage) -> str:
    """The name that a document has in Slack: with the posting's key, so that it can be found."""
    assert posting.document is not None  # noqa: S101 - callers have asked
    stem, _, suffix = posting.document.name.rpartition(".")
    return f"{stem}-{posting.key[:8]}.{suffix}"


def send(slack: WebClient, posting: OutgoingMessage, begin: Callable[[], None]) -> str:
    """Upload a posting's document with its text above it; returns the file's id.

    `begin` is called before the step that shows it. Slack does not say the message's ts at once.
    Raises NotPosted before that step, and what slack_sdk raises.
    """
    document = posting.document
    assert document is not None  # noqa: S101 - callers have asked
    name = name_of(posting)
    with preparing():
        place = slack.files_getUploadURLExternal(
            filename=name, length=len(document.content), alt_txt=document.alt or None
        )
        _put(str(place["upload_url"]), document.content)
        begin()
    slack.files_completeUploadExternal(
        files=[{"id": place["file_id"], "title": document.name}],
        channel_id=posting.channel,
        thread_ts=posting.thread_ts,
        initial_comment=posting.message.text,
    )
    return str(place["file_id"])


def _put(url: str, content: bytes) -> None:
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SlackRequestError("Slack named an upload address that is not https")
    request = Request(url, data=content, method="POST")  # noqa: S310 - the schemes above
    with urlopen(request, timeout=TIMEOUT):  # noqa: S310
        pass
