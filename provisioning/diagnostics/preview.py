"""A preview of a Mac's next boot, made by the same parts that serve it.

Reads only: nothing is written, no number is given out, no message is sent.
"""

import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.scripts import PLACEHOLDER, Scripts
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.diagnostics import explanations
from provisioning.firstboot import bench as benches
from provisioning.firstboot import placement, unknown
from provisioning.firstboot.placement import (
    CurrentRegistration,
    Reason,
    Requested,
    UnknownReason,
)
from provisioning.firstboot.warnings import about_twin
from provisioning.munki import CATALOGS, Destination, MunkiRepo, RepoView
from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.revisions import Difference
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.registrations.names import generated_names, name_clashes
from provisioning.values.serials import PlaceholderSerial, Serial

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_SHORTEST_SECRET = 4  # characters; a shorter one stands in any text by chance
NOWHERE = "http://BOOTSTRAP_URL"


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of a Mac's next boot, with `why`, in sentences. Secrets are left out.

    `destination` is None for an unknown Mac. `templates` are the names of the possible templates,
    the most specific first; `template` is the one that would be used. `manifest` is a text, of the
    file `path` below `manifests/`, and `changed` are its keys that would change. `faults` are
    expected errors, or parts that cannot be foreseen.
    """

    serial: str
    destination: Destination | None = None
    why: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    template: str | None = None
    script: str | None = None
    manifest: str | None = None
    path: str | None = None
    changed: tuple[str, ...] = ()
    computer_name: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The Mac's destination, in one sentence."""
        goes = f"would go to {self.destination}" if self.destination else "would go nowhere yet"
        return f"{self.serial} {goes}."

    @property
    def change(self) -> str:
        """The change of its manifest, as the end of a sentence."""
        return f"would change: {', '.join(self.changed)}" if self.changed else "stays as it is"

    def as_json(self) -> dict[str, Any]:
        """Return the preview for tools; `path` only where it is not the serial."""
        to = self.destination
        facts = asdict(replace(self, destination=None))
        facts["destination"] = {"site": to.site, "build": to.build} if to else None
        if self.path in (None, self.serial):
            del facts["path"]
        return facts

    def as_text(self) -> str:
        """Return the preview as a text for people at a terminal."""
        lines = [self.head, *_listed(self.why)]
        if self.faults:
            lines += ["", "What is wrong:", *_listed(self.faults)]
        if self.manifest is not None:
            heading = f"The manifest, manifests/{self.path}, {self.change}:"
            lines += ["", heading, "", self.manifest]
        if self.script is not None:
            lines += ["", f"The script, of {self.template}:", "", self.script]
        return "\n".join(lines).rstrip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class Previewer:
    """A maker of previews.

    `hidden` are secrets that are never shown, wherever a template has them from. `faults` are
    part of each preview: facts that this process does not know.
    """

    repo: MunkiRepo
    scripts: Scripts
    hidden: Sequence[str] = field(default=(), repr=False)
    faults: tuple[str, ...] = ()

    @classmethod
    def of_server(
        cls,
        repo: MunkiRepo,
        *,
        url: str,
        templates: Path | None,
        username: str,
        password: str,
        others: Sequence[str],
    ) -> Self:
        """The one of a process that knows what a server knows; `others` are its other secrets.

        It looks at the templates as they are: a server may serve the last good one instead.
        """
        basic = b64encode(f"{username}:{password}".encode()).decode()
        return cls(repo, _scripts(repo, url, templates), (basic, password, *others))

    @classmethod
    def of_bot(cls, repo: MunkiRepo, *, url: str | None, templates: Path | None) -> Self:
        """The one of the bot, which may run where the server's address and secrets are not known.

        `url` is the server's, None where the bot does not know it.
        """
        faults = []
        if url is None:
            faults.append(
                "The bot has no BOOTSTRAP_URL, so the script is shown without the server's "
                "address; set it for the bot as for the server."
            )
        if templates is not None and not templates.is_dir():
            faults.append(
                "The bot cannot see the folder of ROLLCALL_TEMPLATES, so the script is made of "
                "the templates that are shipped; let the bot read it as the server does."
            )
            templates = None
        return cls(repo, _scripts(repo, url or NOWHERE, templates), (), tuple(faults))

    def preview(
        self,
        session: Session,
        policy: Policy,
        serial: Serial,
        *,
        requested: Requested | None = None,
        at: datetime,
    ) -> Preview:
        """Return what would happen to a Mac at `at`, whose script names what it `requested`.

        What would go wrong is part of it: raises nothing but what the database raises.
        """
        serial, registration = placement.look_up(session, serial)
        current = queries.find_open(session, serial)
        if current is not None and current.reported_as:
            serial = Serial(current.reported_as)
        result, repo = Preview(serial.text, faults=self.faults), self.repo.now()
        requested = requested.within(repo.layout) if requested else None
        decision = placement.decide(registration, requested)
        try:
            meant = repo.exact_destination(requested.site, requested.build) if requested else None
        except RollcallError as error:
            result = _with_fault(result, error)
            if decision.reason is Reason.SCRIPT:
                return replace(result, why=(explanations.LOST,))
            meant = None
        if decision.reason is not Reason.REGISTERED and serial.is_placeholder:
            return _with_fault(result, PlaceholderSerial(serial.text))
        destination = meant if decision.reason is Reason.SCRIPT else decision.destination
        reasons = tuple(explanations.of_place(session, current, requested, decision.reason))
        if decision.reason is Reason.UNKNOWN:
            destination, reasons = _of_unknown(session, serial, at)
        result = replace(result, destination=destination, why=reasons)
        if destination is not None:
            written = registration.written if registration else None
            result = _with_name(session, repo, policy, result, current)
            change = _change_of_layout(session, repo, registration, decision.reason)
            result = (
                _with_fault(result, change)
                if change
                else self._with_manifest(repo, policy, result, destination, written)
            )
        result = self._with_script(result, meant or destination)
        if destination is not None:
            name = current.called if current else result.computer_name
            also = explanations.of_identifier(policy, repo.layout, serial, destination, name)
            result = replace(result, why=(*result.why, *also))
        return result

    def _with_manifest(
        self,
        repo: RepoView,
        policy: Policy,
        result: Preview,
        destination: Destination,
        written: WrittenIncludes | None,
    ) -> Preview:
        serial, catalogs = Serial(result.serial), policy.build(destination.build).catalogs
        try:
            before, after = repo.preview(serial, destination, catalogs or CATALOGS, written=written)
            twin = repo.twin(serial)
        except (RollcallError, OSError) as error:
            return _with_fault(result, str(error))
        difference = Difference.between(before, after)
        result = replace(
            result,
            manifest=self._redacted(after.decode()),
            path=repo.manifest_of(serial),
            changed=tuple(sorted((*difference.new, *difference.changed))),
        )
        return _with_fault(result, about_twin(result.serial, twin)) if twin else result

    def _with_script(self, result: Preview, destination: Destination | None) -> Preview:
        try:
            display_name = self.scripts.shown_for(destination or WHERE_REGISTERED)
        except UnusableTemplate as error:
            return _with_fault(result, f"The script cannot be made: {error}")
        return replace(
            result,
            why=(*result.why, explanations.of_template(display_name)),
            templates=display_name.tried,
            template=display_name.template,
            script=self._redacted(display_name.text),
        )

    def _redacted(self, text: str) -> str:
        for secret in self.hidden:
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, PLACEHOLDER)
        return _CREDENTIALS.sub(f"{PLACEHOLDER}@", text)


def _listed(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _scripts(repo: MunkiRepo, url: str, templates: Path | None) -> Scripts:
    """Scripts that are only looked at: the key of their tokens is forgotten at once."""
    tokens = Tokens(secrets.token_hex(16), timedelta(0))
    return Scripts(url, tokens, templates, is_site=sites_of(repo))


def _of_unknown(
    session: Session, serial: Serial, at: datetime
) -> tuple[Destination | None, tuple[str, ...]]:
    """Return where an unknown Mac would go, and why."""
    bench = benches.current(session, at)
    unwanted = unknown.is_unwanted(session, serial, at)
    reason = placement.decide_unknown(unwanted=unwanted, bench=bench)
    why = (explanations.of_unknown(reason, bench),)
    if bench is not None and reason is UnknownReason.TAKE:
        return Destination(bench.site, bench.build), why
    return None, why


def _with_name(
    session: Session,
    repo: RepoView,
    policy: Policy,
    result: Preview,
    current: Registration | None,
) -> Preview:
    destination, serial = result.destination, Serial(result.serial)
    assert destination is not None  # noqa: S101 - only then it is asked for
    try:
        look = repo.namesakes()
        name = generated_names.foreseen(session, policy, serial, destination, current, look)
        clash = name_clashes.clash_of(session, look, serial, name) if name else None
    except RollcallError as error:
        return _with_fault(result, error)
    if name and clash and clash.is_sure:
        return _with_fault(result, name_clashes.ComputerNameClashes(serial.text, name, clash.why))
    doubts = [f"That is doubtful, because {clash.why}."] if clash else []
    reasons = (*result.why, explanations.of_name(policy, destination, current, name), *doubts)
    return replace(result, computer_name=name, why=reasons)


def _change_of_layout(
    session: Session, repo: RepoView, registration: CurrentRegistration | None, reason: Reason
) -> LayoutChanged | None:
    """The error about a registration that leads elsewhere by a new layout; None where it stays."""
    if registration is None or reason is Reason.SCRIPT:
        return None
    try:
        placement.check_layout(session, repo, registration)
    except LayoutChanged as error:
        return error
    return None


def _with_fault(result: Preview, fault: RollcallError | str) -> Preview:
    return replace(result, faults=(*result.faults, str(fault)))
