"""The routes of one Mac: its page, and the acts on it."""

from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from itertools import islice
from urllib.parse import quote

from flask import Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import NotFound

from infrastructure.text import whole_number
from provisioning.access.accounts import people
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance.acts import changing, identity, verbs
from provisioning.maintenance.acts.identity import RESTORING
from provisioning.maintenance.acts.verbs import Verb
from provisioning.monitoring.drift import drifts
from provisioning.munki import Destination
from provisioning.munki.models import Revision
from provisioning.munki.revisions import RevisionDifference
from provisioning.registrations.history import History
from provisioning.registrations.models import BENCHED, CONFIRMED, FAILED, IMAGING, Registration
from provisioning.values.language import _
from provisioning.values.serials import Serial
from server.auth.browsers import Visitor
from server.board import words
from server.board.macs.drift import people_of, shown
from server.board.pages import NUMBER, see_other, why_not
from server.board.views import BoardPages, get, post
from server.board.words import Offer

VERBS = {"move": Verb.MOVE, "reimage": Verb.REIMAGE, "cancel": Verb.CANCEL}
REPORTED = (IMAGING, FAILED, CONFIRMED)  # events by which a Mac itself says how it stands
MAX_LINES = 200  # of a manifest's differences


class MacPages(BoardPages):
    """The views of one Mac. Its serial is a path: in those of VMware's Macs there is a slash."""

    @get("/macs/<path:text>")
    def mac(self, text: str) -> Response:
        """One Mac, for browsers: how it stands, what may be done, its history, its manifest.

        Field `before`: the number of an event; the history goes on with those before it.
        """
        serial, visitor = Serial.parse(text), self._visitor
        bind_contextvars(serial=serial.text)
        before = whole_number(request.args.get("before", ""))
        with self._database.reading() as session:
            found = replacing.history_of(session, serial, before=before)
            drift = drifts.of_mac(session, found.mac.id)
            names = people.names(session, [*_people_of(found), *people_of(drift)])
        if found.mac.serial != serial.key:
            return to_mac(Serial(found.mac.name))  # which took its place
        repo = self._repo.now()
        return self._show(
            "macs/mac.html",
            mac=found.mac,
            offers=[_offer(verb, found.mac, visitor) for verb in VERBS.values()],
            undo=self._undo_offer(found, visitor),
            events=[(each.at, words.event(each, act, names)) for each, act in found.events],
            older=found.total - len(found.events),
            oldest=found.events[-1][0].id if found.events else None,
            before=before,
            reports=_reports(found),
            drift=drift and shown(drift, found.mac, visitor, names),
            manifest=_manifest(found.change, names),
            restore=Offer("restore", _("Restore"), why_not(visitor.permit_admin, RESTORING)),
            why_not_known=_why_not(found.mac, visitor),
            registered_by=words.person(found.mac.registered_by, names),
            sites=repo.sites(),
            builds=repo.builds(),
            done=_done(request.args.get("done", "")),
        )

    @post("/macs/<path:text>/<verb>")
    def act(self, text: str, verb: str) -> Response:
        """Move a Mac, image it again or cancel it: `move`, `reimage`, `cancel`."""
        if verb not in VERBS:
            raise NotFound("There is no such act.")
        serial = acted_on(text)
        destination = self._destination() if verb == Verb.MOVE else None
        changing.change(VERBS[verb], changing.of_mac(serial), destination, self._principal)
        return to_mac(serial, verbs.PAST[verb])

    @post(f"/macs/<path:text>/undo/{NUMBER}")
    def undo(self, text: str, number: int) -> Response:
        """Take back an operation, within ten minutes, on all Macs that it changed."""
        serial = acted_on(text)
        changing.undo(number, self._principal)
        return to_mac(serial, "undone")

    @post(f"/macs/<path:text>/restore/{NUMBER}")
    def restore(self, text: str, number: int) -> Response:
        """Have a job take back the last change of a manifest, for admins."""
        serial = acted_on(text)
        identity.restore(number, self._principal)
        return to_mac(serial, "restoring")

    def _destination(self) -> Destination:
        site, build = (request.form.get(name, "") for name in ("site", "build"))
        return self._repo.now().destination(site, build)

    def _undo_offer(self, history: History, visitor: Visitor) -> tuple[int, Offer] | None:
        """The newest operation on a Mac, with the reason why it cannot be taken back."""
        operation = next((each for _event, each in history.events if each is not None), None)
        if operation is None or operation.what in ("undone", BENCHED):
            return None
        return operation.id, words.undo_offer(operation, visitor, self._clock())


def _offer(verb: Verb, mac: Registration, visitor: Visitor) -> Offer:
    reason = _why_not(mac, visitor)
    if mac.closed_at is None and verb not in verbs.offered(mac.state):
        reason = _("The Mac waits for its first boot already.")
    return Offer(verb.value, _(verb.label), reason)


def _why_not(mac: Registration, visitor: Visitor) -> str | None:
    """The reason why a person may not change a Mac."""
    if mac.closed_at is not None:
        return _("The Mac is registered no longer: register it again.")
    return why_not(visitor.permit, mac.site)


def _reports(history: History) -> list[tuple[datetime, str, str | None]]:
    """The moment, the state and the step of each report of the Mac."""
    return [
        (event.at, words.state_name(event.what), (event.after or {}).get("step"))
        for event, operation in history.events
        if operation is None and event.what in REPORTED
    ]


def _people_of(history: History) -> list[str | None]:
    by_events = (event.by for event, _operation in history.events)
    change = history.change
    return [history.mac.registered_by, *by_events, change.by if change else None]


@dataclass(frozen=True, slots=True)
class ShownManifestChange:
    """The last change of a manifest, for its part of the page."""

    name: str
    at: datetime
    by: str | None
    number: int
    is_new: bool
    keys: list[tuple[str, str]]
    lines: list[str]
    has_more: bool


def _manifest(revision: Revision | None, names: words.Names) -> ShownManifestChange | None:
    if revision is None:
        return None
    difference = RevisionDifference.between(revision.before, revision.after)
    titled = (
        (_("new"), difference.new),
        (_("changed"), difference.changed),
        (_("gone"), difference.gone),
        (_("kept as they were"), difference.kept),
    )
    lines = list(islice(_diff(revision), MAX_LINES + 1))
    return ShownManifestChange(
        revision.name,
        revision.at,
        words.person(revision.by, names) if revision.by else None,
        revision.id,
        revision.before is None,
        [(title, ", ".join(keys)) for title, keys in titled if keys],
        lines[:MAX_LINES],
        len(lines) > MAX_LINES,
    )


def _diff(revision: Revision) -> list[str]:
    before, after = (
        (content or b"").decode("utf-8", "replace").splitlines()
        for content in (revision.before, revision.after)
    )
    return list(unified_diff(before, after, lineterm="", n=2))[2:]


def _done(code: str) -> str | None:
    """The sentence about the last act, by a word of ours in the address."""
    sentences = {
        "moved": _("Moved. The card in Slack is updated soon."),
        "reimaged": _("It waits for its first boot. The card in Slack is updated soon."),
        "cancelled": _("Cancelled. The card in Slack is updated soon."),
        "undone": _("Undone. The card in Slack is updated soon."),
        "named": _("It has its name. The card in Slack is updated soon."),
        "replaced": _("It took the place of the other one; its manifest is being copied."),
        "put-back": _("The manifest is being put back."),
        "taken-over": _("Registered as the manifest says. The message in Slack is updated soon."),
        "restoring": _(
            "The manifest is being restored; if that fails, a message in Slack says why."
        ),
    }
    return sentences.get(code)


def acted_on(text: str) -> Serial:
    """Return the serial in a path, and add it to the log's context."""
    serial = Serial.parse(text)
    bind_contextvars(serial=serial.text)
    return serial


def to_mac(serial: Serial, done: str = "") -> Response:
    """Return a redirect to the page of a Mac, with a word for the act that was done."""
    query = f"?done={done}" if done else ""
    return see_other(f"/board/macs/{quote(serial.text)}{query}")
