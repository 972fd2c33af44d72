"""Clients of Slack: one of its Web API, and connections for files."""

from base64 import b64encode
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from urllib3 import PoolManager, ProxyManager
from urllib3.util import parse_url

from infrastructure.errors import first_line
from provisioning.values.language import marked

TIMEOUT = 10  # seconds for one call to Slack
# Slack's errors about our token, each with its fix.
TOKEN_FIXES = {
    "invalid_auth": "check SLACK_BOT_TOKEN",
    "not_authed": "check SLACK_BOT_TOKEN",
    "account_inactive": marked("install the app again; its bot was removed"),
    "token_revoked": marked("install the app again and set the new SLACK_BOT_TOKEN"),
}
CONNECTION_FIX = "check SLACK_APP_TOKEN, which needs the scope connections:write"


def why_unconnected(error: Exception) -> str:
    """Return why Slack took no connection: its error code with the fix, or what failed before."""
    if isinstance(error, SlackApiError):
        code = str(error.response.get("error") or "")[:100]
        if code.isidentifier():
            return f"{code}: {CONNECTION_FIX}"
    return first_line(error)


def client(token: str, api_url: str) -> WebClient:
    """Return a client of the API at `api_url` that never repeats a request by itself.

    slack_sdk's own retries post again when an answer is lost: then a message is shown twice.
    """
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


def pool_for(url: str) -> PoolManager:
    """Return connections to the host of `url`, through the proxy of the environment for it."""
    parsed = parse_url(url)
    proxy = getproxies().get(parsed.scheme or "")
    if proxy is None or proxy_bypass(parsed.netloc or ""):
        return PoolManager()
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    auth = parse_url(proxy).auth
    if not auth:
        return ProxyManager(proxy)
    login = b64encode(unquote(auth).encode()).decode()  # a URL has its odd characters as %40
    return ProxyManager(proxy, proxy_headers={"proxy-authorization": f"Basic {login}"})
