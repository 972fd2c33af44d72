"""Connections of urllib3: those that go through a proxy, and those that end at a deadline."""

import socket
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url

from infrastructure.errors import RollcallError
from infrastructure.execution.connecting import addresses_of, connected
from infrastructure.execution.deadlines import watch
from infrastructure.execution.final_answers import FinalResponse

TIMEOUT = 10.0  # seconds for a connection, where no timeout says how many

Manager = TypeVar("Manager", bound=PoolManager)


class UnusableProxy(RollcallError, OSError):
    """An address in the environment that is none of a proxy; what it is may hold a password."""

    def __init__(self, scheme: str) -> None:
        super().__init__(
            f"{scheme.upper()}_PROXY has no address of a proxy that can be used: write it as "
            "http://proxy.example.com:3128; docs/how-to/proxies.md has more."
        )


def pool_for(url: str, **settings: Any) -> PoolManager:
    """Return connections to the host of `url`, through the proxy of the environment for it.

    `settings` are those of urllib3's PoolManager, such as `timeout`. Raises UnusableProxy.
    """
    parsed = parse_url(url)
    scheme = parsed.scheme or ""
    proxy = getproxies().get(scheme)
    if proxy is None or proxy_bypass(parsed.netloc or ""):
        return PoolManager(**settings)
    try:
        return _through(proxy if "://" in proxy else f"http://{proxy}", settings)
    except ValueError:
        raise UnusableProxy(scheme) from None


def _through(proxy: str, settings: Mapping[str, Any]) -> ProxyManager:
    """Connections through the `proxy` at a URL. Raises ValueError for one that cannot be used."""
    auth = parse_url(proxy).auth
    if not auth:
        return ProxyManager(proxy, **settings)
    login = b64encode(unquote(auth).encode()).decode()  # a URL has its odd characters as %40
    headers = {"proxy-authorization": f"Basic {login}"}
    return ProxyManager(proxy, proxy_headers=headers, **settings)


class _Watched(HTTPConnection):
    """A connection that is watched from its first byte, that of TLS, and when it is used again."""

    response_class = FinalResponse

    def _new_conn(self) -> socket.socket:
        seconds = self.timeout if isinstance(self.timeout, int | float) else TIMEOUT
        try:
            line = connected(addresses_of(self._dns_host, self.port), self.port, seconds)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, reason) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection within {seconds:g} seconds") from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        for option in self.socket_options or ():
            line.setsockopt(*option)
        watch(line)
        return line

    def putrequest(self, *arguments: Any, **named: Any) -> None:
        if self.sock is not None:
            watch(self.sock)
        super().putrequest(*arguments, **named)


class _WatchedByTls(_Watched, HTTPSConnection):
    """A connection by https that is watched from its first byte."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolByTls(HTTPSConnectionPool):
    ConnectionCls = _WatchedByTls


def limited(manager: Manager) -> Manager:
    """Return a manager whose connections, from now on, end at the deadline of their thread.

    Their user then gets urllib3's HTTPError, or an answer that lacks its end.
    """
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolByTls}
    return manager
