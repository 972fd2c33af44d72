"""Slack's Web API as Rollcall calls it."""

from slack_sdk import WebClient

from rollcall.settings import SlackSettings

TIMEOUT = 10  # seconds for one call to Slack


def client(settings: SlackSettings) -> WebClient:
    """Return a client that never repeats a request by itself.

    slack_sdk's own retries post again when an answer is lost, and what was shown is shown twice.
    """
    return WebClient(
        token=settings.bot_token.get_secret_value(),
        base_url=str(settings.api_url),
        timeout=TIMEOUT,
        retry_handlers=[],
    )
