"""A Mac that fails is told elsewhere than in Slack: by mail, and to a webhook."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
import requests
from sqlalchemy import update

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import changed
from provisioning.monitoring.webhooks import events, hooks
from provisioning.outbox.models import MAIL, Notification
from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.smtp import Mailbox
from tests.fakes.webhooks import Receiver, receiving
from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, Installation
from tests.support.waiting import eventually

SERIAL = "W88KTURNZ5Q2"


@pytest.fixture
def database(rollcall: Installation) -> Iterator[Database]:
    """The database of the processes."""
    database = Database(rollcall.environment["ROLLCALL_DATABASE_URL"])
    yield database
    database.close()


@pytest.fixture
def receiver(database: Database) -> Iterator[Receiver]:
    """A program that hears of Macs that fail at a site."""
    with receiving() as receiver:
        with database.begin() as session:
            hook = hooks.make(
                session,
                receiver.url,
                by="U0ALICE",
                at=datetime.now(UTC),
                allowed=(ip_network("127.0.0.0/8"),),
                types=[events.FAILED],
                sites=["turin"],
            )
            receiver.key = hook.key
        yield receiver


def test_a_mac_that_fails_is_mailed_and_told_to_a_webhook(
    rollcall: Installation, slack: Imaging, mailbox: Mailbox, database: Database, receiver: Receiver
) -> None:
    sites = rollcall.repo / "manifests/included_manifests/sites"
    (sites / "turin").write_bytes((sites / "london").read_bytes())
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", f"register {SERIAL} turin design", channel=CHANNEL)
    eventually(lambda: slack.about(SERIAL))

    fields = {"status": "error", "serial": SERIAL, "message": "Couldn't copy <the> image"}
    requests.post(f"{rollcall.url}/report/{REPORT_KEY}", data=fields, timeout=5)

    [(_, told)] = eventually(lambda: receiver.taken)
    assert (told["type"], told["data"]["serial"]) == (events.FAILED, SERIAL)
    eventually(lambda: hurried(database))
    [mail] = eventually(lambda: mailbox.mails)
    assert (mail["To"], mail["From"]) == ("turin@example.com", "Rollcall <rollcall@example.com>")
    failed = f"Rollcall: {SERIAL} (turin / design) failed: Couldn't copy <the> image"
    assert mail["Subject"].strip() == failed
    body = mail.get_body(("plain",))
    assert body is not None
    [stop] = re.findall(r"this kind: (\S+)", body.get_content())
    page = requests.get(stop, timeout=5)
    assert "turin@example.com" in page.text, "the server does not know the relay's link"


def hurried(database: Database) -> bool:
    """Have mail that is gathered sent now, instead of in a minute; False where there is none."""
    with database.begin() as session:
        gathered = update(Notification).where(Notification.transport == MAIL)
        return changed(session, gathered.values(due_at=None)) > 0
