"""A simulated InstallApplications: asks as that asks, believes hashes alone, runs what it got."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.fakes.mac import Mac, Run

Fetch = Callable[[str], bytes]


class Stopped(Exception):
    """The client gave up; the text is the line in its log."""


class Client:
    """InstallApplications on `mac`; `headers` is what it was given, and is sent as it stands."""

    def __init__(self, mac: Mac, headers: str, *, fetch: Fetch | None = None) -> None:
        self._mac = mac
        self._headers = headers
        self._fetch = fetch or self._from_the_web

    def document(self, jsonurl: str) -> dict[str, list[dict[str, Any]]]:
        """Fetch the JSON."""
        return dict(json.loads(self._fetch(jsonurl)))

    def run(self, jsonurl: str) -> list[Run]:
        """Do what the JSON says, stage after stage. Raises Stopped as the client stops."""
        document = self.document(jsonurl)
        ended = []
        for stage in ("preflight", "setupassistant", "userland"):
            if stage == "preflight" and stage not in document:
                continue
            for item in document[stage]:  # both are asked for by name, or it crashes
                if "retries" not in item or "retrywait" not in item:
                    continue  # as a release of it does
                content = self.downloaded(item)
                if item["type"] == "rootscript":
                    assert content.startswith(b"#!"), "macOS cannot start it"
                    ended.append(self._mac.run(content.decode()))
        return ended

    def downloaded(self, item: dict[str, Any]) -> bytes:
        """Download an item. Raises Stopped where it is not what its hash says."""
        content = self._fetch(item["url"])
        if hashlib.sha256(content).hexdigest() != item["hash"]:
            raise Stopped(f"Hash retry failed for {item['name']}: exiting!")
        return content

    def _from_the_web(self, url: str) -> bytes:
        request = urllib.request.Request(url, headers={"Authorization": self._headers})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise Stopped(f"Status: {error.code}: {error.read().decode()}") from error


def basic(username: str, password: str) -> str:
    """The value of `--headers` for Basic auth."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
