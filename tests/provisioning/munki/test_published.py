"""The published repo, as it is asked while a Mac waits."""

import time

from infrastructure.execution.deadlines import deadline
from provisioning.munki.published import PublishedRepo
from tests.support.running.dripping import LONG, dripping


def test_one_that_drips_its_answers_holds_up_no_mac_for_ever() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n") as there, deadline(0.2):
        begun = time.monotonic()
        fault = PublishedRepo(f"http://{there}").fault("C02AAA", "a digest")
    assert time.monotonic() - begun < LONG
    assert fault is not None
    assert "cannot be reached" in fault
