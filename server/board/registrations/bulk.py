"""The routes of acts on many Macs: a page with the preview, and the act itself."""

from datetime import UTC, datetime

from flask import Response, request
from werkzeug.exceptions import BadRequest

from infrastructure.text import whole_number
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.verbs import MAX_BY_BUTTON, Verb
from provisioning.maintenance.acts.words import is_number
from provisioning.registrations.changes import NothingToDo
from provisioning.values.language import _, marked
from server.board.pages import see_other
from server.board.registrations.done import left_alone
from server.board.registrations.selection import Selection, SelectionPreview
from server.board.views import BoardPages, get, post

INCOMPLETE = marked("This form is incomplete: load its page again.")


class BulkPages(BoardPages):
    """The views of acts on many Macs."""

    @get("/registrations/act")
    def ask(self) -> Response:
        """A page that says to how many Macs an act would be done, and asks; it changes nothing.

        Field `batch`: the number of a batch, in place of what the table's forms say.
        """
        return self._asking(Selection.read(request.args))

    @post("/registrations/act")
    def act_on_many(self) -> Response:
        """Move, image again or cancel the Macs of a selection, in one operation."""
        selection = Selection.read(request.form)
        seen = _moment(request.form.get("seen", ""))
        number = whole_number(request.form.get("number", ""))
        if seen is None or number is None:
            raise BadRequest(_(INCOMPLETE))
        is_typed = selection.verb != Verb.MOVE and number > MAX_BY_BUTTON
        if is_typed and not is_number(request.form.get("typed", ""), number):
            sentence = _("That is not {number}.", number=number)
            return self._asking(selection, f"{sentence} {_('Nothing was changed.')}", status=400)
        destination = None
        if selection.verb == Verb.MOVE:
            names = (request.form.get(name, "") for name in ("to_site", "to_build"))
            destination = self._repo.now().destination(*names)
        try:
            changed = changing.change(
                selection.verb, selection.until(seen), destination, self._principal
            )
        except NothingToDo:
            return self._asking(selection, f"{left_alone(number)} {_('Nothing was changed.')}", 409)
        left = max(number - changed.looked_at, 0)
        return see_other(selection.way_back(did=changed.operation.id, left=left or ""))

    def _asking(
        self, selection: Selection, fault: str | None = None, status: int = 200
    ) -> Response:
        with self._database.reading() as session:
            prospect = SelectionPreview.of(session, selection, self._visitor)
        repo = self._repo.now()
        return self._show(
            "registrations/act.html",
            status=status,
            fault=fault,
            selection=selection,
            prospect=prospect,
            label=_(selection.verb.label),
            consequence=selection.verb.consequence(prospect.number),
            is_typed=selection.verb != Verb.MOVE and prospect.number > MAX_BY_BUTTON,
            seen=self._clock().isoformat(),
            sites=repo.sites(),
            builds=repo.builds(),
        )


def _moment(text: str) -> datetime | None:
    """Return the moment in a text that was sent; None where it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
