"""The routes of acts on a Mac's identity: its name, its replacement, its drifted manifest."""

from flask import Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from infrastructure.text import whole_number
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.firstboot.replacements.replacing import ReplacementRequest
from provisioning.imports.parsing.tokens.serial_shapes import typed
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.identity import NameRequest
from provisioning.monitoring.drift import drifts
from provisioning.monitoring.drift.drifts import DriftSettled
from provisioning.registrations import queries
from provisioning.values.language import _, worded
from provisioning.values.serials import Serial
from server.board.macs.page import acted_on, to_mac
from server.board.pages import NUMBER
from server.board.views import BoardPages, get, post

LONGEST = 200  # characters of a name, a serial or a digest
CASES = {"board": (BOARD, True), "keep": (MAC, True), "remove": (MAC, False)}  # kind, and if kept


class ChangePages(BoardPages):
    """The views of acts on a Mac's identity."""

    @post("/macs/<path:text>/name")
    def name(self, text: str) -> Response:
        """Give a Mac a computer name, or ask back where it is doubtful."""
        serial = acted_on(text)
        naming = identity.name(
            self._repo,
            serial,
            NameRequest(request.form.get("name", "")[:LONGEST], request.form.get("sure") == "yes"),
            self._principal,
        )
        if naming.doubt is not None:
            reason = worded(naming.doubt.why)
            return self._show("macs/name.html", naming=naming, reason=reason)
        return to_mac(serial, "named")

    @get("/macs/<path:text>/replace")
    def foresee(self, text: str) -> Response:
        """A page that says what a replacement would do, and asks; it changes nothing.

        Field `new`: the serial that takes the place.
        """
        serial = Serial.parse(text)
        bind_contextvars(serial=serial.text)
        new = typed(request.args.get("new", "")[:LONGEST])
        prospect = identity.foresee(self._repo, serial, new, self._principal)
        return self._show(
            "macs/replace.html",
            prospect=prospect,
            mac=prospect.registration,
            new=new.text,
            doubts=[worded(doubt) for doubt in prospect.doubts],
        )

    @post("/macs/<path:text>/replace")
    def replace(self, text: str) -> Response:
        """Put a Mac, or a board, in place of another."""
        serial = acted_on(text)
        case, revision = request.form.get("case", ""), whole_number(request.form.get("seen", ""))
        if case not in CASES or revision is None:
            raise BadRequest(_("This form is incomplete: load its page again."))
        new = typed(request.form.get("new", "")[:LONGEST])
        identity.replace(
            self._repo, ReplacementRequest(serial, new, *CASES[case], revision), self._principal
        )
        return to_mac(new, "replaced")

    @post(f"/macs/<path:text>/put-back/{NUMBER}")
    def put_back(self, text: str, number: int) -> Response:
        """Have a job put back a manifest that drifted, by the number of the drift."""
        serial = self._drifted(text, number)
        identity.put_back(number, self._principal)
        return to_mac(serial, "put-back")

    @post(f"/macs/<path:text>/take-over/{NUMBER}")
    def take_over(self, text: str, number: int) -> Response:
        """Have the registration follow a manifest that drifted, if that is as it was seen."""
        serial = self._drifted(text, number)
        identity.take_over(
            self._repo, number, request.form.get("there", "")[:LONGEST], self._principal
        )
        return to_mac(serial, "taken-over")

    def _drifted(self, text: str, number: int) -> Serial:
        """The Mac whose open drift has this number. Raises NotRegistered, DriftSettled."""
        serial = acted_on(text)
        with self._database.reading() as session:
            mac = queries.get_open(session, serial)
            drift = drifts.of_mac(session, mac.id)
        if drift is None or drift.id != number:
            raise DriftSettled(mac.name, None)
        return serial
