"""A post whose mail server is a stand-in."""

from collections.abc import Iterator

import pytest

from infrastructure.database.engine import Database
from tests.fakes.smtp import Mailbox, running
from tests.provisioning.monitoring.mail.post import Post


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    """A post of a database, before anything happened."""
    with running(Mailbox()) as mailbox:
        yield Post(database, mailbox)
