"""Calls of a server, each on a connection of its own, and the times that they took."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tools.bench.harness.load import AUTHORIZATION

BY_MAC = {"Authorization": AUTHORIZATION}
TO_LONDON = {"site": "london", "build": "design"}  # of the sample repo
SCRIPT_HEADERS = {f"X-bootstrap-{name}": value for name, value in TO_LONDON.items()}


@dataclass(frozen=True, slots=True)
class TimedCall:
    """A call: milliseconds until the head of its answer and until its end, and the status.

    The status is 0 where no answer came.
    """

    first_byte: float
    ms: float
    status: int


def call(
    url: str,
    method: str,
    path: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> TimedCall:
    """Call the server at `url`; a `form` is sent as browsers do."""
    typed = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    body = urlencode(form) if form else None
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    began = time.perf_counter()
    try:
        line.request(method, path, body, {**(headers or {}), **typed})
        answer = line.getresponse()
        first_byte = _since(began)
        answer.read()
        return TimedCall(first_byte, _since(began), answer.status)
    except OSError:
        return TimedCall(_since(began), _since(began), 0)
    finally:
        line.close()


def ask_for_script(url: str) -> TimedCall:
    """Have a Mac fetch the first-boot script for London."""
    return call(url, "GET", "/", headers={**BY_MAC, **SCRIPT_HEADERS})


def ask_for_manifest(url: str, serial: str) -> TimedCall:
    """Have a Mac ask for its manifest, for London."""
    return call(url, "POST", "/gen_manifest", form={"serial": serial, **TO_LONDON}, headers=BY_MAC)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
