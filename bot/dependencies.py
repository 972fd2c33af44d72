"""Dependencies of the Slack door, and the principals that it makes of people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from slack_sdk import WebClient

from bot.slack.drawings import RefusedDrawings
from bot.slack.users import SlackUsers
from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from provisioning.diagnostics.previews.previewer import Previewer
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.intake import Intake
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.policy import PolicyFile
from provisioning.values.kinds import Kinds
from provisioning.values.language import ENGLISH, speak


class HomeRefresher(Protocol):
    """A publisher of Home tabs, as the other features see it."""

    def refresh(self, client: WebClient, body: dict[str, Any]) -> None:
        """Show the Home behind an operation as it is now: a lazy listener."""


@dataclass(frozen=True, slots=True)
class BotDependencies:
    """Parts that all features of the Slack door share.

    `channel` gets the cards, `command` is the name of the slash command, `refused` the process's
    memory of the drawings that Slack refused. `version` is that of Rollcall, `board_origin` the
    address of the board, None where there is none.
    """

    database: Database
    repo: MunkiRepo
    channel: str
    command: str
    policy: PolicyFile
    members: SlackUsers
    previewer: Previewer
    clock: Callable[[], datetime] = utc_now
    refused: RefusedDrawings = field(default_factory=RefusedDrawings)
    version: str = ""
    board_origin: str | None = None
    sends_mail: bool = False

    @property
    def kinds(self) -> Kinds:
        """The kinds of names that make a destination, by the layout of this moment."""
        return self.repo.now().layout.kinds

    @property
    def places(self) -> DestinationIndex:
        """An index of the sites and builds of this moment. Raises RepoUnusable."""
        return DestinationIndex(self.repo.now())

    def presser(self, body: dict[str, Any], via: str = "button") -> Principal:
        """Return the person of one of Slack's requests, as `principal` does."""
        return self.principal(body["user"]["id"], via)

    def admit(self, user: str) -> None:
        """Check that `user` is a full member, and speak their language from here on in this thread.

        Raises NotAMember, and CannotCheck, which speaks English.
        """
        try:
            self.members.admit(user)
        finally:
            speak(self.members.known_language(user) or ENGLISH)

    def channel_of(self, site: str) -> str:
        """The channel that hears of the Macs of a site."""
        return self.policy.policy.channel_for(site, self.channel)

    @property
    def intake(self) -> Intake:
        """The acts on imports."""
        return Intake(self.repo, self.channel_of)

    def principal(self, user: str, via: str) -> Principal:
        """Return a person in Slack as acts take them; `via` names the way: command, form, button …

        To check their rights, Slack may be asked, and be slow: so do it before a transaction, for
        which Macs wait. In one it is repeated only where a Mac may have moved since; by then it is
        cached. The checks raise NotAllowed and CannotCheck.
        """
        policy, members = self.policy, self.members

        def permit(*sites: str) -> None:
            for site in sites:
                policy.policy.permit_registering(
                    user, site, lambda group: members.groups(user, group)
                )

        def permit_admin(action: str) -> None:
            policy.policy.permit_admin(user, action)

        is_admin = user in policy.policy.admins
        actor = Actor(user, via)
        return Principal(
            actor, self.clock(), self.database, permit, permit_admin, is_admin=is_admin
        )
