"""The parts that the views of the intake share, and what they have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import Response
from sqlalchemy import ColumnElement

from infrastructure.database.engine import Database
from provisioning.imports.models import READ, READING, Import
from provisioning.maintenance import intake
from provisioning.maintenance.intake import Intake
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from server.auth.browsers import Visitor
from server.board.pages import Pages

MOST_OPEN = 50  # imports that are listed


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

    def find(self, number: int, visitor: Visitor) -> Import:
        """Return an import that the visitor may see. Raises NoSuchImport."""
        return self.intake.find(number, self._visible(visitor))

    def waiting(self, visitor: Visitor) -> Sequence[Import]:
        """Return the newest imports that are read, or wait to be registered."""
        return self.intake.listed(self._visible(visitor), (READING, READ), limit=MOST_OPEN)

    def check_may_hand_in(self, visitor: Visitor) -> None:
        """Check that a person may register Macs at a site at least. Raises NotAllowed."""
        intake.check_may_hand_in(visitor.permit, self.repo.now().sites())

    def _visible(self, visitor: Visitor) -> ColumnElement[bool]:
        channels = self.policy.policy.channels | {self.channel}
        return intake.visible(visitor.editor, channels)

    def _channel_of(self, site: str) -> str:
        return self.policy.policy.channel_for(site, self.channel)


def sent_to(path: str) -> Response:
    """The answer to a form: another page."""
    response = Response(status=303)
    response.headers["Location"] = path
    return response
