"""`boot.sh resend`: what was refused for good goes out again, once the reason is fixed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from infrastructure.database.engine import Database
from provisioning.outbox.models import MAIL, NEWS, PARKED, PENDING, SLACK, Notification
from tests.support.installation import CHANNEL, Installation
from tests.support.running.commandline import typed


@pytest.mark.postgresql
def test_what_was_refused_for_good_can_be_sent_again(
    tmp_path: Path, repo_folder: Path, database_url: str, database: Database
) -> None:
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=database_url)
    with database.begin() as session:
        session.execute(
            insert(Notification),
            [
                {
                    "key": transport,
                    "transport": transport,
                    "channel": to,
                    "kind": NEWS,
                    "state": PARKED,
                    "reason": "refused",
                    "facts": {"text": "News"},
                    "occurred_at": datetime.now(UTC),
                    "due_at": datetime.now(UTC),
                }
                for transport, to in ((SLACK, CHANNEL), (MAIL, "all@example.com"))
            ],
        )

    assert typed(there.environment, "resend").stdout == "2 messages are pending again.\n"

    with database.reading() as session:
        assert session.scalars(select(Notification.state)).all() == [PENDING] * 2
