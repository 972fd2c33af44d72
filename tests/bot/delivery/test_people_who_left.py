"""Messages to people whom no message reaches any more."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox import outbox
from provisioning.outbox.models import UNSAID, Notification
from provisioning.outbox.refusals.refused_messages import refused_messages
from tests.fakes.slack import Workspace
from tests.support.fixtures.doors import Clock, DeliverAll

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.mark.parametrize("kind", ["deleted", "bot", "unknown"])
def test_a_message_to_a_person_who_left_is_dropped_and_no_admin_is_asked_for_anything(
    kind: str,
    slack: Workspace,
    database: Database,
    clock: Clock,
    deliver_all: DeliverAll,
) -> None:
    if kind != "unknown":
        slack.person("U0GONE", deleted=kind == "deleted", bot=kind == "bot")
    with database.begin() as session:
        outbox.enqueue_news(session, channel="U0GONE", sentence="Remember.", at=clock())

    deliver_all()

    with database.reading() as session:
        assert refused_messages(session) == []
        assert [row.state for row in session.scalars(select(Notification))] == [UNSAID]
