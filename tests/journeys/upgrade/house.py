"""All of Rollcall in this process, on a database, a Munki repo and a stand-in Slack."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.house import product
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.running.serving import served

ALICE = "U0ALICE"
PAIR = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
BASIC = {"Authorization": f"Basic {PAIR}"}


@dataclass
class House:
    """Rollcall from outside. Messages are sent and jobs done only on `deliver` and `work`."""

    database: Database
    repo: Path
    slack: Workspace
    alice: Person
    http: FlaskClient

    def deliver(self) -> None:
        """Send Slack all pending messages, at the pace of a clock that runs ahead."""
        now = datetime.now(UTC)
        deliver = product.deliverer(self.repo, self.database, self.slack.api_url, lambda: now)
        for _ in range(100):
            now += timedelta(seconds=1.25)
            if not deliver():
                return

    def work(self) -> None:
        """Do all jobs that are due."""
        work = product.worker(self.repo, self.database, self.slack.api_url)
        while work():
            pass

    def finish(self, token: str | None, **fields: str) -> TestResponse:
        """Ask for a Mac's manifest as its script does; without a token, with the password."""
        headers = {"Authorization": f"Bearer {token}"} if token else BASIC
        return self.http.post("/gen_manifest", headers=headers, data=fields)


@contextmanager
def opened(url: str, folder: Path) -> Iterator[House]:
    """Open a house on the migrated database at `url`."""
    repo = sample_repo(folder / "munki_repo")
    with closing(Database(url)) as database, Workspace(pace=None) as slack:
        slack.add_channel(CHANNEL, name="imaging")
        flask, bolt = product.web_application(repo, database, slack.api_url)
        with served(flask) as address:
            slack.connect_http(f"{address}/slack/events")
            alice = slack.person(ALICE, name="alice")
            yield House(database, repo, slack, alice, flask.test_client())
        bolt.listener_runner.listener_executor.shutdown()
