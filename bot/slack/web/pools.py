"""Connections to Slack's files, and to the providers of sign-in.

A server without Slack has these too: slack_sdk, which is 9 MiB, is not imported here.
"""

from base64 import b64encode
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

from urllib3 import PoolManager, ProxyManager
from urllib3.util import parse_url


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
