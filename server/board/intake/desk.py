"""The parts that the views of the intake share, and what they have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import Response

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.maintenance.intake import Intake
from provisioning.munki import MunkiRepo
from provisioning.policy import NotAllowed, PolicyFile
from server.auth.browsers import Visitor
from server.board.pages import Pages


@dataclass(frozen=True)
class Desk:
    """The parts of the intake's views; `channel` hears of the Macs of sites without one."""

    pages: Pages
    database: Database
    repo: MunkiRepo
    policy: PolicyFile
    channel: str
    clock: Callable[[], datetime]

    @cached_property
    def intake(self) -> Intake:
        """The acts on imports."""
        return Intake(self.database, self.repo, self._channel_of, self.clock)

    @property
    def channels(self) -> frozenset[str]:
        """The channels in which people hear of Macs."""
        return self.policy.policy.channels | {self.channel}

    def find(self, number: int, visitor: Visitor) -> Import:
        """Return an import that the visitor may see. Raises NoSuchImport."""
        return self.intake.find(number, visitor.editor, self.channels)

    def check_may_hand_in(self, visitor: Visitor) -> None:
        """Check that a person may register Macs at a site at least. Raises NotAllowed."""
        refused = None
        for site in self.repo.now().sites() or [""]:
            try:
                visitor.permit(site)
            except NotAllowed as error:
                refused = refused or error
            else:
                return
        if refused is not None:
            raise refused

    def _channel_of(self, site: str) -> str:
        return self.policy.policy.channel_for(site, self.channel)


def sent_to(path: str) -> Response:
    """The answer to a form: another page."""
    response = Response(status=303)
    response.headers["Location"] = path
    return response
