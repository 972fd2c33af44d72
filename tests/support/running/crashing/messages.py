"""A killer of a process at every line of our code that one piece of work executes.

Run as `python -m … WORK SETTINGS` it does so in a process without threads, so that forking is safe;
SETTINGS is JSON. It prints what it saw as JSON.
"""

import gc
import json
import plistlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from slack_sdk import WebClient
from sqlalchemy import func, select, update

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import CONFIRMATION, Channel, Notification
from provisioning.outbox.relay import Relay
from provisioning.registrations import register
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.support.acting import did
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.owed import count_pending
from tests.support.running.crashing.killing import killed_at, lines_of
from tests.support.running.doors import machines_door
from tests.support.running.settings import server_settings

LONDON = Destination("london", "design")


class Call:
    """The call of a Mac's script, from the request to the answer."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._lines = lines_of(settings)
        self._url = settings["database_url"]
        self._repo = Path(settings["repo"])
        self._database = Database(self._url)
        self._app = machines_door(server_settings(self._repo), self._database)
        self.problems: list[str] = []
        self._warm_up()

    def play(self) -> int:
        """Kill the call at every line, heal it by the script's own repetition; count the kills.

        The repetition is taken here, as by another worker that lives on.
        """
        for kills, line in enumerate(self._lines):
            serial = f"C02CRASH{line:04}"
            self._register(serial)
            self._database.close()  # a child inherits no connection
            if not killed_at(line, lambda serial=serial: self._call(serial)):  # type: ignore[misc]
                return kills
            self._look(serial, whole=False)
            self._call(serial)
            self._look(serial, whole=True)
        raise AssertionError("there are more lines than integers")

    def _warm_up(self) -> None:
        """Do it once here, so that the children have less to do."""
        self._register("C02WARMUP")
        self._call("C02WARMUP")

    def _register(self, serial: str) -> None:
        with self._database.begin() as session:
            register.register(
                session,
                [Serial.parse(serial)],
                LONDON,
                operation=did(session, "registered", by="U0ALICE"),
                channel=CHANNEL,
            )

    def _call(self, serial: str) -> None:
        client = self._app.test_client()
        answer = client.post("/gen_manifest", data={"serial": serial}, auth=(USERNAME, PASSWORD))
        assert answer.text == "Manifest saved", answer.text

    def _look(self, serial: str, *, whole: bool) -> None:
        """No half manifest, ever; after the repetition one manifest and one confirmation."""
        manifest = self._repo / "manifests" / serial
        if manifest.exists():
            plistlib.loads(manifest.read_bytes())
        elif whole:
            self.problems.append(f"{serial}: no manifest")
        told = self._told(serial)
        if told > 1 or (whole and told != 1):
            self.problems.append(f"{serial}: {told} confirmations")
        left = [path.name for path in manifest.parent.glob(f".{serial}*")]
        if whole and left:
            self.problems.append(f"{serial}: {left} left behind")

    def _told(self, serial: str) -> int:
        query = select(Registration.id).where(Registration.serial == serial).scalar_subquery()
        with self._database.reading() as session:
            number = session.scalar(
                select(func.count()).where(
                    Notification.kind == CONFIRMATION, Notification.registration_id == query
                )
            )
        return number or 0


class Delivery:
    """A relay's delivery, from the claim to the settled row."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._lines = lines_of(settings)
        self._database = Database(settings["database_url"])
        self._api_url = settings["api_url"]
        self.problems: list[str] = []
        self._warm_up()

    def play(self) -> int:
        """Kill the delivery at every line; the next relay, here, has to finish it."""
        for kills, line in enumerate(self._lines):
            self._owe(f"news {line}")
            self._let_the_lease_run_out()
            self._database.close()  # a child inherits no connection
            if not killed_at(line, self._deliver):
                return kills
            self._let_the_lease_run_out()
            self._deliver()
            if self._is_anything_owed():
                self.problems.append(f"news {line} is still owed")
        raise AssertionError("there are more lines than integers")

    def _warm_up(self) -> None:
        """Do it once here, so that the children have less to do."""
        self._owe("news 0")
        self._deliver()

    def _owe(self, sentence: str) -> None:
        with self._database.begin() as session:
            outbox.enqueue_trouble(
                session, channel=CHANNEL, sentence=sentence, at=datetime.now(UTC)
            )

    def _let_the_lease_run_out(self) -> None:
        """Let it be over, and with it the time in which Slack may take what was sent."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self._database.begin() as session:
            session.execute(update(Channel).values(leased_until=past, free_at=past))
            doubtful = Notification.lost_at.is_not(None)
            session.execute(update(Notification).where(doubtful).values(lost_at=past))

    def _deliver(self) -> None:
        slack = WebClient("xoxb-stand-in", base_url=self._api_url, retry_handlers=[])
        Relay(self._database, SlackTransport(slack)).deliver()

    def _is_anything_owed(self) -> bool:
        with self._database.reading() as session:
            return count_pending(session) > 0


def main() -> None:
    """Play one piece of work and print the number of kills and what went wrong."""
    settings = json.loads(sys.argv[2])
    work = Call(settings) if sys.argv[1] == "call" else Delivery(settings)
    gc.freeze()  # so that no child copies all that is here, only to find that it is still used
    kills = work.play()
    sys.stdout.write(f"\n{json.dumps({'kills': kills, 'problems': work.problems})}\n")


if __name__ == "__main__":
    main()
