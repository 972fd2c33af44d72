"""Callers of one server process, each from an address that it says."""

from flask import Flask
from werkzeug.test import TestResponse

from server.auth.throttling import MAX_GUESSES
from tests.fakes.mac.installapplications import basic
from tests.support.installation import PASSWORD, USERNAME

LAB, ELSEWHERE, PROXY = "10.0.0.7", "10.0.0.8", "192.168.0.1"
LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}


class Door:
    """The Macs' door of one process."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self._guesses = 0

    def get(
        self, address: str, authorization: str | None, path: str = "/", **headers: str
    ) -> TestResponse:
        """GET something with this header; None: without it."""
        sent = {**LONDON, **headers}
        if authorization is not None:
            sent["Authorization"] = authorization
        return self._client.get(path, headers=sent, environ_base={"REMOTE_ADDR": address})

    def fetch(
        self, address: str = LAB, password: str = PASSWORD, username: str = USERNAME, **sent: str
    ) -> TestResponse:
        """Fetch the script, with the right credentials unless told otherwise."""
        return self.get(address, basic(username, password), **sent)

    def guess(self, address: str = LAB, username: str = USERNAME, **sent: str) -> int:
        """Try a password that was not tried before; returns the status."""
        self._guesses += 1
        return self.fetch(address, f"guess {self._guesses}", username, **sent).status_code

    def guess_until_slowed(self, address: str = LAB, **sent: str) -> None:
        """Guess until the guesses are not looked at any more."""
        assert [self.guess(address, **sent) for _ in range(MAX_GUESSES + 1)] == [
            *MAX_GUESSES * [401],
            429,
        ]

    def ask(self, address: str, token: str) -> int:
        """Ask for a manifest with a script's token; returns the status."""
        return self._client.post(
            "/gen_manifest",
            headers={"Authorization": f"Bearer {token}"},
            data={"serial": "C02AAA", "site": "london", "build": "design"},
            environ_base={"REMOTE_ADDR": address},
        ).status_code

    def report(self, address: str, key: str) -> int:
        """Send a report; returns the status."""
        return self._client.post(
            f"/report/{key}",
            data={"serial": "C02AAA", "status": "success", "message": ""},
            environ_base={"REMOTE_ADDR": address},
        ).status_code
