"""What every feature of the people's door stands on: who asks, and one transaction an act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bot.blocks.texts import Message
from bot.members import Members
from bot.newest import Newest
from bot.wanted import Command
from provisioning import acts, strangers
from provisioning.database import Database
from provisioning.models.registrations import Act
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from provisioning.previewers import Previewer

Wanted = TypeVar("Wanted", bound=Command)


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in Slack who wants something; `via` says how they said it."""

    user: str
    via: str


class Desk:
    """Takes what people ask for. `channel` is where the cards go, `command` what they type.

    Each feature says which commands it answers.
    """

    def __init__(
        self,
        database: Database,
        repo: MunkiRepo,
        *,
        channel: str,
        command: str,
        policy: PolicyFile,
        members: Members,
        previewer: Previewer,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.repo = repo
        self.channel = channel
        self.command = command
        self.policy = policy
        self.members = members
        self.previewer = previewer
        self.clock = clock
        self.newest = Newest()  # of what people want to see on their Home
        self._answers: dict[type[Command], Callable[[Any, Asker], Message]] = {}

    def answers(self, kind: type[Wanted], answer: Callable[[Wanted, Asker], Message]) -> None:
        """Have `answer` carry out commands of this kind."""
        self._answers[kind] = answer

    def carry_out(self, command: Command, asker: Asker) -> Message:
        """Do what was typed and say what came of it. Raises RollcallError, having done nothing."""
        return self._answers[type(command)](command, asker)

    def permit(self, asker: Asker, *sites: str) -> None:
        """Return where `asker` may register Macs at these sites. Raises NotAllowed, CannotCheck.

        Slack may be asked, and be slow: so this comes before a transaction, for which Macs wait.
        In one it is repeated only where a Mac may have moved since; by then it is remembered.
        """
        for site in sites:
            self.policy.policy.permit_registering(
                asker.user, site, lambda group: self.members.groups(asker.user, group)
            )

    def permit_admin(self, asker: Asker, wanted: str) -> None:
        """Return where `asker` may do what is for admins: `wanted` completes “You may not …”."""
        self.policy.policy.permit_admin(asker.user, wanted)

    def channel_of(self, site: str) -> str:
        """The channel that hears of the Macs of a site."""
        return self.policy.policy.channel_for(site, self.channel)

    @contextmanager
    def acting(
        self, what: str, asker: Asker, *, at: datetime | None = None
    ) -> Iterator[tuple[Session, Act]]:
        """One transaction in which `asker` does something; `what` is a verb in the past.

        It happens `at` a moment, or now. Unknown Macs that it registered are asked about no more.
        """
        with self.database.begin() as session:
            at = at or self.clock()
            yield session, acts.begin(session, what, by=asker.user, via=asker.via, at=at)
            strangers.settle_known(session, at)
