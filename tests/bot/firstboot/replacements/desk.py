"""A desk at which people say in Slack that a Mac, or its board, was exchanged."""

import plistlib
from pathlib import Path

from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.replacing import ReplacementRequest
from provisioning.munki import Destination
from provisioning.munki.models import Revision
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.fakes.slack import Person, Workspace, readable
from tests.fakes.slack.state.messages import Message
from tests.support import acting
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

OLD, NEW = "C02AAAAAAAA1", "C02BBBBBBBB7"


class Desk:
    """People, Macs, the Munki repo and the job runner of one installation."""

    def __init__(
        self, slack: Workspace, database: Database, script: Script, folder: Path, runner: JobRunner
    ) -> None:
        self.slack, self.script, self.runner = slack, script, runner
        self._database, self._manifests = database, folder / "manifests"
        self.alice = slack.person("U0ALICE", name="alice")

    def typed(self, text: str, person: Person | None = None) -> Message:
        """Type a command and return what this person alone is told."""
        person = person or self.alice
        reply = person.ask("/mac", text, channel=CHANNEL)
        assert reply.error is None, person.errors
        return person.ephemerals[-1]

    def register(self, serial: str, site: str, build: str, *, named: str = "") -> None:
        """Have Alice register a Mac, and name it."""
        acting.register(self._database, serial, to=Destination(site, build))
        if named:
            with self._database.begin() as session:
                session.execute(update(Registration).values(computer_name=named))

    def pressed(self, message: Message, action: str, person: Person | None = None) -> str:
        """Press a button of a message that is replaced by the answer; return that."""
        before = readable(message)
        (person or self.alice).click(message, action)
        eventually(lambda: readable(message) != before)
        return readable(message)

    def refused(self, message: Message, action: str, person: Person | None = None) -> str:
        """Press a button that is answered beside the message; return that answer."""
        person = person or self.alice
        number = len(person.ephemerals)
        person.click(message, action)
        eventually(lambda: len(person.ephemerals) > number)
        return readable(person.ephemerals[-1])

    def replace(self, *actions: str) -> Message:
        """Type the command for OLD and NEW, and press these buttons one after another."""
        message = self.typed(f"replace {OLD} {NEW}")
        for action in actions:
            self.pressed(message, action)
        return message

    def exchange(self, kind: str, *, keep: bool = False) -> None:
        """Have Alice say that NEW takes the place of OLD, as what `replace` shows does."""
        with self._database.begin() as session:
            mac = session.scalars(select(Registration).where(Registration.serial == OLD)).one()
            request = ReplacementRequest(Serial(OLD), Serial(NEW), kind, keep, mac.revision)
            act = acting.did(session, replacing.REPLACED, by=self.alice.id)
            replacing.replace(session, request, None, act)

    def undo(self, message: Message) -> str:
        """Press the undo button and return the answer."""
        return self.refused(message, "undo")

    def boot(self, serial: str, **fields: str) -> int:
        """Have a Mac's script call; returns the status."""
        return self.script.manifest(serial=serial, **fields).status_code

    def work(self) -> None:
        """Have the job runner do what is due."""
        while self.runner.work():
            pass

    def manifest(self, serial: str) -> bytes | None:
        """The bytes of a Mac's manifest, None where there is none."""
        path = self._manifests / serial
        return path.read_bytes() if path.exists() else None

    def edit(self, serial: str, **keys: object) -> bytes:
        """Set keys of a manifest, as an admin does, and return its bytes."""
        path = self._manifests / serial
        present = plistlib.loads(path.read_bytes()) if path.exists() else {}
        path.write_bytes(plistlib.dumps(present | keys))
        return path.read_bytes()

    def macs(self) -> dict[str, tuple[str, str | None]]:
        """The state and the name of each registered Mac, by serial."""
        with self._database.reading() as session:
            macs = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
            return {mac.name: (mac.state, mac.called) for mac in macs}

    def last_revision(self, serial: str) -> tuple[bytes | None, bytes | None]:
        """The bytes of a manifest before and after its last change."""
        query = select(Revision).where(Revision.name == serial).order_by(Revision.id.desc())
        with self._database.reading() as session:
            revision = session.scalars(query.limit(1)).one()
            return revision.before, revision.after
