"""Pieces of work of each process that may be killed at any line, and what has to be true then."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from slack_bolt import BoltRequest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.delivery.transport import SlackTransport
from bot.slack.payloads import checked
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner
from provisioning.access.programs import calls, tokens
from provisioning.access.programs.models import REGISTER, ApiCall
from provisioning.access.programs.tokens import TokenRequest
from provisioning.firstboot.prestage import PRESTAGE
from provisioning.outbox import outbox
from provisioning.outbox.models import CONFIRMATION, Channel, Notification
from provisioning.outbox.relay import Relay
from provisioning.registrations import register
from provisioning.registrations.models import Event, Registration
from provisioning.values.serials import Serial
from rollcall.application import Application
from tests.soak.kills.repos import Repo
from tests.support.acting import LONDON, did
from tests.support.inputs.manifests import includes_of
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.owed import count_pending


class Piece:
    """A piece of work about one thing after the other; `name` is that of the thing.

    What is done is done in children, because what it starts must not be there when this process
    forks. `look` returns what is wrong: `whole` where it was repeated and nothing may be missing.
    """

    def __init__(self, application: Application, repo: Repo) -> None:
        self.application, self.repo = application, repo
        self.database = application.database
        self.build()

    def build(self) -> None:
        """Have the part of the process there that does it."""

    def prepare(self, name: str) -> None:
        """Have what the work begins with."""

    def do(self, name: str) -> None:
        """Do it, or what is left of it."""
        raise NotImplementedError

    def pass_time(self) -> None:
        """Let the leases of those who died run out."""

    def look(self, name: str, *, whole: bool) -> list[str]:
        """Return what is wrong."""
        raise NotImplementedError

    def count(self, *conditions: Any) -> int:
        """The number of rows that fulfil conditions."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(*conditions)) or 0

    def _look_at_manifest(self, name: str, *, whole: bool) -> list[str]:
        manifest, wrong = self.repo.manifest(name), list[str]()
        if whole or manifest is not None:
            included = (manifest or {}).get("included_manifests")
            wrong += [] if included == includes_of(LONDON) else [f"its manifest has {included}"]
        if whole and (left := self.repo.left_behind(name)):
            wrong.append(f"{left} left behind")
        return wrong


def _register(session: Session, name: str) -> None:
    operation = did(session, "registered", by="U0ALICE")
    register.register(session, [Serial.parse(name)], LONDON, operation=operation, channel=CHANNEL)


class ServerPiece(Piece):
    """A Mac's call."""

    def build(self) -> None:
        """Make the web application."""
        self._app = self.application.web_app()

    def prepare(self, name: str) -> None:
        """Register the Mac."""
        with self.database.begin() as session:
            _register(session, name)

    def do(self, name: str) -> None:
        """Call, as its script does."""
        client = self._app.test_client()
        answer = client.post("/gen_manifest", data={"serial": name}, auth=(USERNAME, PASSWORD))
        assert answer.text == "Manifest saved", answer.text

    def look(self, name: str, *, whole: bool) -> list[str]:
        """One manifest, and one confirmation."""
        wrong = self._look_at_manifest(name, whole=whole)
        ours = select(Registration.id).where(Registration.serial == name).scalar_subquery()
        told = self.count(Notification.kind == CONFIRMATION, Notification.registration_id == ours)
        if told > 1 or (whole and told != 1):
            wrong.append(f"{told} confirmations")
        return wrong


class BotPiece(Piece):
    """A technician's command."""

    def build(self) -> None:
        """Make the Bolt app, which has no threads yet."""
        self._bolt = self.application.bolt_app

    def do(self, name: str) -> None:
        """Type it, which a person does again whom nothing answers."""
        typed = {
            "command": "/mac",
            "text": f"register {name} london design",
            "user_id": "U0ALICE",
            "channel_id": CHANNEL,
            "team_id": "T0STANDIN",
            "trigger_id": "1.2.3",
            "response_url": "http://127.0.0.1:9/",
        }
        request = BoltRequest(body=checked(typed), mode="socket_mode")
        answer = self._bolt.dispatch(request)
        assert answer.status == 200, answer.body

    def look(self, name: str, *, whole: bool) -> list[str]:
        """One registration with one event."""
        registered = self.count(Registration.serial == name)
        ours = select(Registration.id).where(Registration.serial == name).scalar_subquery()
        events = self.count(Event.registration_id == ours) if registered == 1 else 0
        if (registered, events) not in ({(1, 1)} if whole else {(0, 0), (1, 1)}):
            return [f"{registered} registrations with {events} events"]
        return []


class RelayPiece(Piece):
    """A message to Slack."""

    def build(self) -> None:
        """Make the client."""
        self._slack = self.application.slack_client

    def prepare(self, name: str) -> None:
        """Owe it."""
        with self.database.begin() as session:
            outbox.enqueue_trouble(session, channel=CHANNEL, sentence=name, at=datetime.now(UTC))
        self.pass_time()

    def do(self, _: str) -> None:
        """Deliver it."""
        Relay(self.database, SlackTransport(self._slack)).deliver()

    def pass_time(self) -> None:
        """The lease, and the time in which Slack may still take what was sent."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.database.begin() as session:
            session.execute(update(Channel).values(leased_until=past, free_at=past))
            doubtful = Notification.lost_at.is_not(None)
            session.execute(update(Notification).where(doubtful).values(lost_at=past))

    def look(self, _: str, *, whole: bool) -> list[str]:
        """Nothing is owed; how often it was said, Slack says in the end."""
        with self.database.reading() as session:
            owed = count_pending(session)
        return [f"{owed} messages are still owed"] if whole and owed else []


class JobsPiece(Piece):
    """A manifest that is written ahead."""

    def build(self) -> None:
        """Make all that does jobs."""
        self._handlers = self.application.job_handlers

    def prepare(self, name: str) -> None:
        """Register the Mac, and have the job wait."""
        with self.database.begin() as session:
            _register(session, name)
            queue.enqueue(session, PRESTAGE, {"serials": [name]}, at=datetime.now(UTC))

    def do(self, _: str) -> None:
        """Do all jobs."""
        runner = JobRunner(self.database, self._handlers, [])
        while runner.work():
            pass

    def pass_time(self) -> None:
        """The lease of the job."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.database.begin() as session:
            session.execute(update(Job).values(leased_until=past))

    def look(self, name: str, *, whole: bool) -> list[str]:
        """One manifest, and no job."""
        wrong = self._look_at_manifest(name, whole=whole)
        jobs = self.count(Job.id.is_not(None))
        return [*wrong, f"{jobs} jobs are left"] if whole and jobs else wrong


class ProgramPiece(Piece):
    """An act of a program on two Macs, with one key."""

    def build(self) -> None:
        """Make the web application, and a token."""
        self._app = self.application.web_app()
        wish = TokenRequest("service desk", (REGISTER,))
        with self.database.begin() as session:
            self._token = tokens.make(session, wish, made_by=None, at=datetime.now(UTC))

    def do(self, name: str) -> None:
        """Send it, as a program does again that heard no answer."""
        rows = [{"serial": each, "site": "london", "build": "design"} for each in _two(name)]
        answer = self._app.test_client().post(
            "/api/v1/registrations/bulk",
            json={"rows": rows, "is_sure": True},
            headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": name},
        )
        assert answer.status_code == HTTPStatus.OK, answer.text
        outcomes = [row["outcome"] for row in answer.get_json()["rows"]]
        assert outcomes == ["registered"] * 2, outcomes

    def pass_time(self) -> None:
        """The time for which the attempt that died is waited for."""
        past = datetime.now(UTC) - calls.ATTEMPT_TIMEOUT
        with self.database.begin() as session:
            session.execute(update(ApiCall).values(claimed_at=past))

    def look(self, name: str, *, whole: bool) -> list[str]:
        """Both Macs registered by one operation and the answer kept; or nothing of it all."""
        ours = select(Registration.id).where(Registration.serial.in_(_two(name)))
        with self.database.reading() as session:
            acts = set(session.scalars(select(Event.act_id).where(Event.registration_id.in_(ours))))
        events = self.count(Event.registration_id.in_(ours))
        answers = self.count(ApiCall.key == name, ApiCall.status.is_not(None))
        found = self.count(Registration.id.in_(ours)), events, len(acts), answers
        right = {(2, 2, 1, 1)} if whole else {(0, 0, 0, 0), (2, 2, 1, 1)}
        return [] if found in right else [f"Macs, events, operations and answers: {found}"]


def _two(name: str) -> list[str]:
    return [name, f"{name}B"]


PIECES: dict[str, type[Piece]] = {
    "server": ServerPiece,
    "bot": BotPiece,
    "relay": RelayPiece,
    "jobs": JobsPiece,
    "program": ProgramPiece,
}
