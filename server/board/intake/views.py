"""A base of the views of the intake: imports that a visitor sees, and the acts on them."""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import ColumnElement

from provisioning.imports.models import READ, READING, Import
from provisioning.maintenance.acts import import_rights, intake
from provisioning.maintenance.acts.intake import Intake
from server.board.views import BoardPages

MAX_OPEN = 50  # imports that are listed


class IntakePages(BoardPages):
    """A base of views of imports."""

    @cached_property
    def _intake(self) -> Intake:
        """The acts on imports."""
        return Intake(self._repo, self._dependencies.channel_of)

    def _find(self, number: int) -> Import:
        """Return an import that the visitor may see. Raises NoSuchImport."""
        return intake.find(self._database, number, self._visible())

    def _waiting(self) -> Sequence[Import]:
        """Return the newest imports that are read, or wait to be registered."""
        return intake.listed(self._database, self._visible(), (READING, READ), limit=MAX_OPEN)

    def _check_may_hand_in(self) -> None:
        """Check that the visitor may register Macs at a site at least. Raises NotAllowed."""
        import_rights.check_may_hand_in(self._visitor.permit, self._repo.now().sites())

    def _visible(self) -> ColumnElement[bool]:
        channels = self._policy.policy.channels | {self._dependencies.channel}
        return import_rights.visible(self._principal, channels)
