"""Slack's Web API as Rollcall calls it."""

from slack_sdk import WebClient

TIMEOUT = 10  # seconds for one call to Slack


def client(token: str, api_url: str) -> WebClient:
    """Return a client of the API at `api_url` that never repeats a request by itself.

    slack_sdk's own retries post again when an answer is lost, and what was shown is shown twice.
    """
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )
