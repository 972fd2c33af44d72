"""The client of Slack's Web API."""

from slack_sdk import WebClient

from provisioning.values.language import marked

TIMEOUT = 10  # seconds for one call to Slack
# Slack's errors about our token, each with its fix.
TOKEN_FIXES = {
    "invalid_auth": "check SLACK_BOT_TOKEN",
    "not_authed": "check SLACK_BOT_TOKEN",
    "not_allowed_token_type": "set SLACK_BOT_TOKEN to the one that begins with xoxb-",
    "account_inactive": marked("install the app again; its bot was removed"),
    "token_revoked": marked("install the app again and set the new SLACK_BOT_TOKEN"),
    "token_expired": marked("make the app anew from slack-app.yaml, without token rotation"),
    "team_access_not_granted": marked("add the app to the workspace, in the organization"),
}


def client(token: str, api_url: str) -> WebClient:
    """Return a client of the API at `api_url` that never repeats a request by itself.

    slack_sdk's own retries post again when an answer is lost: then a message is shown twice.
    """
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[])
