"""What people can have done: each thing is one transaction and one message back."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot import grammar
from bot.blocks import answers
from bot.blocks.texts import Message, escape
from provisioning import lookups, registrations
from provisioning.database import Database
from provisioning.munki import MunkiRepo
from provisioning.serials import Serial, parse_all

MOST_FOUND = 20  # registrations in one answer


class Desk:
    """Takes what people ask for. `channel` is where the cards go, `command` what they type."""

    def __init__(self, database: Database, repo: MunkiRepo, *, channel: str, command: str) -> None:
        self._database = database
        self.repo = repo
        self._channel = channel
        self.command = command

    def carry_out(self, command: grammar.Command, by: str) -> Message:
        """Do what was typed and say what came of it. Raises RollcallError, having done nothing."""
        match command:
            case grammar.Register(serials, site, build):
                return self.register(serials, site, build, by=by)
            case grammar.Move(serial, site, build):
                return self.move(Serial.parse(serial), site, build, by=by)
            case grammar.Cancel(serial):
                return self.cancel(Serial.parse(serial), by=by)
            case grammar.Find(text):
                return self.find(text)
            case grammar.Waiting(site):
                return self.waiting(site)
            case grammar.Help() | grammar.Form():
                return answers.guide(self.command, self.repo.sites(), self.repo.builds())

    def register(
        self, serials: Sequence[str], site: str, build: str, *, by: str, note: str = ""
    ) -> Message:
        """Register Macs, all that nobody else has registered."""
        wanted = parse_all(serials)
        destination = self.repo.destination(site, build)
        with self._database.begin() as session:
            batch = registrations.register(
                session,
                wanted,
                destination,
                by=by,
                channel=self._channel,
                note=note,
                at=datetime.now(UTC),
            )
            return answers.registered(batch, destination)

    def move(self, serial: Serial, site: str, build: str, *, by: str) -> Message:
        """Send a registered Mac somewhere else."""
        destination = self.repo.destination(site, build)
        with self._database.begin() as session:
            moved = registrations.reassign(
                session, serial, destination, by=by, at=datetime.now(UTC)
            )
            return answers.moved(*moved)

    def cancel(self, serial: Serial, *, by: str) -> Message:
        """Forget a registration."""
        with self._database.begin() as session:
            cancelled = registrations.cancel(session, serial, by=by, at=datetime.now(UTC))
            return answers.cancelled(cancelled)

    def find(self, text: str) -> Message:
        """Look for registrations."""
        with self._database.reading() as session:
            found, total = lookups.find(session, text, most=MOST_FOUND)
            return answers.found(found, total, f"Registrations with “{escape(text[:60])}”")

    def waiting(self, site: str | None) -> Message:
        """List the Macs that wait, everywhere or for one site."""
        at = self.repo.site(site) if site else None
        title = f"Macs waiting for *{escape(at)}*" if at else "Macs waiting"
        with self._database.reading() as session:
            found, total = lookups.waiting(session, at, most=MOST_FOUND)
            return answers.found(found, total, title)
