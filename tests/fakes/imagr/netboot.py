"""A simulated Imagr on a network boot: its requests, byte for byte, and its use of the answers."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

OWN = {
    "User-Agent": "Imagr/4052 CFNetwork/978.0.7 Darwin/18.7.0 (x86_64)",
    "Accept": "*/*",
    "Accept-Language": "en-us",
    "Accept-Encoding": "gzip, deflate",
}
PATIENCE = 10  # seconds


class NoAnswer(Exception):
    """Anything but a 2xx: an error, a redirect, silence; `status` is 0 for that."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass
class Netboot:
    """The network, and the disk that Imagr itself runs from."""

    server_url: str
    report_url: str
    disk: Path

    def get_config(self, login: tuple[str, str] | None) -> bytes:
        """Get the config; with a user name and a password once they were typed."""
        headers = {}
        if login:
            pair = base64.b64encode(":".join(login).encode()).decode()
            headers = {"Authorization": f"Basic {pair}"}
        return _asked(self.server_url, "GET", headers)

    def get_script(self, url: str, additional_headers: Sequence[str]) -> str:
        """Get a script: one attempt; each header is split at its first colon."""
        pairs = (line.partition(":") for line in additional_headers)
        return _asked(url, "GET", {key.strip(): value.strip() for key, _, value in pairs}).decode()

    def report(self, status: str, serial: str, message: str, *, old: bool) -> None:
        """Send a report; releases up to 1.6.1 do not say their host name."""
        host = "" if old else "&hostname=netboot-client"
        body = f"status={status}&serial={quote_plus(serial)}{host}&message={quote_plus(message)}"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        _asked(self.report_url, "POST", form, body.encode())


def _asked(url: str, method: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request(method, f"{parts.path or '/'}", body, {**OWN, **headers})
        response = connection.getresponse()
        content = response.read()
    except (OSError, HTTPException) as error:
        raise NoAnswer(0) from error
    finally:
        connection.close()
    if not 200 <= response.status < 300 or response.getheader("Content-Encoding"):
        raise NoAnswer(response.status)
    return content
