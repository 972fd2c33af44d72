"""Imagr's reports, byte for byte as its releases send them."""

from urllib.parse import quote_plus

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

REPORT_KEY = "9f8e7d6c5b4a39281706"


class Reporter:
    """A Mac in Imagr, with a serial, that reports under `key`; `old`: up to release 1.6.1."""

    def __init__(
        self, client: FlaskClient, serial: str, key: str = REPORT_KEY, *, old: bool = False
    ) -> None:
        self._client = client
        self._serial = serial
        self._key = key
        self._old = old

    def says(self, status: str, message: str) -> TestResponse:
        """Send a report in the form that Imagr gives it."""
        host = "" if self._old else "&hostname=netboot-client"
        serial, message = quote_plus(self._serial), quote_plus(message)
        return self.sends(f"status={status}&serial={serial}{host}&message={message}".encode())

    def sends(
        self, body: bytes, kind: str | None = "application/x-www-form-urlencoded"
    ) -> TestResponse:
        """Send these bytes."""
        return self._client.post(
            f"/report/{self._key}",
            data=body,
            content_type=kind,
            headers={"User-Agent": "Imagr/4052 CFNetwork/978.0.7 Darwin/18.7.0 (x86_64)"},
        )

    def begins(self) -> None:
        """Start a workflow."""
        self.says("in_progress", "Imagr is starting up...")
        self.says("in_progress", "Preparing to run workflow Basic...")

    def fails(self, error: str = "Couldn't copy script 0.0") -> None:
        """End it as Imagr ends a workflow that failed: with a success, and then with the error."""
        self.says("success", "Finished running Basic.")
        self.says("error", error)
