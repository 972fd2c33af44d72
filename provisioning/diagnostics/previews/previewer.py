"""Previews of a Mac's next boot, made by the parts that serve it.

Reads only: nothing is written, no number is given out, no message is sent.
"""

import re
import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.scripts import PLACEHOLDER, Scripts
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.diagnostics.previews import explanations
from provisioning.diagnostics.previews.preview import Preview
from provisioning.firstboot import benches, placement, unknown
from provisioning.firstboot.manifest_cautions import about_twin
from provisioning.firstboot.placement import (
    CurrentRegistration,
    DestinationSource,
    Placement,
    Requested,
)
from provisioning.munki import Destination, MunkiRepo, RepoView
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.revisions import RevisionDifference
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.registrations.names import generated_names, name_clashes
from provisioning.values.kinds import Kinds
from provisioning.values.serials import PlaceholderSerial, Serial

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_SHORTEST_SECRET = 4  # characters; a shorter one stands in any text by chance
NOWHERE = "http://BOOTSTRAP_URL"


@dataclass(frozen=True, slots=True)
class Previewer:
    """A factory of previews.

    `hidden` are secrets that are never shown, wherever a template gets them from. `faults` are part
    of each preview: they name facts that this process does not know.
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
        """Return the previewer of a process with a server's settings; `others` are other secrets.

        It renders the templates as they are: a server may serve the last good ones instead.
        """
        basic = b64encode(f"{username}:{password}".encode()).decode()
        return cls(repo, _scripts(repo, url, templates), (basic, password, *others))

    @classmethod
    def of_bot(cls, repo: MunkiRepo, *, url: str | None, templates: Path | None) -> Self:
        """Return the previewer of the bot, which may not know the server's secrets.

        `url` is the server's address, None where the bot does not know it.
        """
        faults = []
        if url is None:
            faults.append(
                Sentence(
                    "The bot has no BOOTSTRAP_URL, so the script is shown without the server's "
                    "address; set it for the bot as for the server."
                )
            )
        if templates is not None and not templates.is_dir():
            faults.append(
                Sentence(
                    "The bot cannot see the folder of ROLLCALL_TEMPLATES, so the script is made of "
                    "the templates that are shipped; let the bot read it as the server does."
                )
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
        """Return the preview of a Mac at `at`, whose script names the destination `requested`.

        Expected errors are part of it: it raises only errors of the database.
        """
        call = _Call.read(session, self.repo.now(), policy, serial, requested)
        result = Preview(call.serial.text, faults=self.faults)
        meant, fault = call.meant()
        if fault is not None:
            result = result.with_fault(fault)
            if call.source is DestinationSource.SCRIPT:
                return replace(result, why=(explanations.LOST,))
        try:
            placement.check_placeholder(call.serial, call.placement)
        except PlaceholderSerial as error:
            return result.with_fault(error)
        destination, reasons = call.place(meant, at)
        result = replace(result, destination=destination, why=reasons)
        if destination is None:
            return self._with_script(result, meant, call.repo.layout.kinds)
        result = self._with_manifest(call, call.with_name(result, destination), destination)
        result = self._with_script(result, meant or destination, call.repo.layout.kinds)
        return result.with_reasons(*call.identifier(result, destination))

    def _with_manifest(self, call: "_Call", result: Preview, destination: Destination) -> Preview:
        serial, repo = call.serial, call.repo
        catalogs = call.policy.catalogs_of(destination.build)
        try:
            call.check_layout()
            before, after = repo.preview(serial, destination, catalogs, written=call.written)
            twin = repo.twin(serial)
        except (RollcallError, OSError) as error:
            return result.with_fault(str(error))
        difference = RevisionDifference.between(before, after)
        result = replace(
            result,
            manifest=self._redacted(after.decode()),
            path=repo.manifest_of(serial),
            changed=tuple(sorted((*difference.new, *difference.changed))),
        )
        return result.with_fault(about_twin(serial.text, twin)) if twin else result

    def _with_script(
        self, result: Preview, destination: Destination | None, kinds: Kinds
    ) -> Preview:
        try:
            script = self.scripts.shown_for(destination or WHERE_REGISTERED)
        except UnusableTemplate as error:
            return result.with_fault(f"The script cannot be made: {error}")
        return replace(
            result,
            why=(*result.why, explanations.of_template(script, kinds)),
            templates=script.tried,
            template=script.template,
            script=self._redacted(script.text),
        )

    def _redacted(self, text: str) -> str:
        for secret in self.hidden:
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, PLACEHOLDER)
        return _CREDENTIALS.sub(f"{PLACEHOLDER}@", text)


def _scripts(repo: MunkiRepo, url: str, templates: Path | None) -> Scripts:
    """Return scripts for previews: the key of their tokens is thrown away."""
    tokens = Tokens(secrets.token_hex(16), timedelta(0))
    return Scripts(url, tokens, templates, is_site=sites_of(repo))


@dataclass(frozen=True, slots=True)
class _Call:
    """A Mac's next call, and the facts about the Mac; reads only.

    `current` is the whole row of its `registration`; `serial` is spelled as the Mac reported it, if
    it has called. `requested` has only the kinds of names that the layout has.
    """

    session: Session
    repo: RepoView
    policy: Policy
    serial: Serial
    registration: CurrentRegistration | None
    current: Registration | None
    requested: Requested | None
    placement: Placement

    @classmethod
    def read(
        cls,
        session: Session,
        repo: RepoView,
        policy: Policy,
        serial: Serial,
        requested: Requested | None,
    ) -> Self:
        """Return the next call of a Mac, whose script names the destination `requested`."""
        serial, registration = placement.look_up(session, serial)
        current = queries.find_open(session, serial)
        if current is not None and current.reported_as:
            serial = Serial(current.reported_as)
        requested = requested.within(repo.layout) if requested else None
        decision = placement.decide(registration, requested)
        return cls(session, repo, policy, serial, registration, current, requested, decision)

    @property
    def source(self) -> DestinationSource:
        """The source of the Mac's destination."""
        return self.placement.source

    @property
    def written(self) -> WrittenIncludes | None:
        """The includes that Rollcall wrote before."""
        return self.registration.written if self.registration else None

    def meant(self) -> tuple[Destination | None, RollcallError | None]:
        """Return the destination that its script means; the error where the repo has none."""
        if self.requested is None:
            return None, None
        try:
            return self.repo.exact_destination(self.requested.site, self.requested.build), None
        except RollcallError as error:
            return None, error

    def place(
        self, meant: Destination | None, at: datetime
    ) -> tuple[Destination | None, tuple[str, ...]]:
        """Return the Mac's destination and the reasons for it; its script means `meant`."""
        if self.source is DestinationSource.UNKNOWN or self._is_taken(meant, at):
            return self._of_unknown(at)
        reasons = explanations.of_place(self.session, self.current, self.requested, self.source)
        is_scripts = self.source is DestinationSource.SCRIPT
        return meant if is_scripts else self.placement.destination, tuple(reasons)

    def _is_taken(self, meant: Destination | None, at: datetime) -> bool:
        """Return True if the open bench takes this Mac, though its script means `meant`."""
        if self.registration is not None or meant is None:
            return False
        bench = benches.current(self.session, at)
        return (
            bench is not None
            and benches.takes_from(bench, meant, self.policy)
            and not unknown.is_unwanted(self.session, self.serial, at)
        )

    def _of_unknown(self, at: datetime) -> tuple[Destination | None, tuple[str, ...]]:
        if unknown.is_unwanted(self.session, self.serial, at):
            return None, (explanations.UNWANTED,)
        bench = benches.current(self.session, at)
        reasons = (explanations.of_unknown(bench, self.repo.layout.kinds),)
        return Destination(bench.site, bench.build) if bench else None, reasons

    def check_layout(self) -> None:
        """Raise LayoutChanged where the registration leads elsewhere by the present layout."""
        if self.source is not DestinationSource.SCRIPT:
            placement.check_layout(self.session, self.repo, self.registration)

    def with_name(self, result: Preview, destination: Destination) -> Preview:
        """Return the preview with the name that the Mac would get."""
        session, serial, current = self.session, self.serial, self.current
        try:
            finder = self.repo.namesakes()
            name = generated_names.next_name(
                session, self.policy, serial, destination, current, finder
            )
            clash = name_clashes.clash_of(session, finder, serial, name) if name else None
        except RollcallError as error:
            return result.with_fault(error)
        if name and clash and clash.is_sure:
            clashes = name_clashes.ComputerNameClashes(serial.text, name, clash.why)
            return result.with_fault(clashes)
        doubts = (
            [Sentence("That is doubtful, because {reason}.", reason=clash.why)] if clash else []
        )
        reason = explanations.of_name(self.policy, destination, current, name)
        return replace(result, computer_name=name).with_reasons(reason, *doubts)

    def identifier(self, result: Preview, destination: Destination) -> Iterator[str]:
        """Yield the name by which Munki on the Mac asks for its manifest, and the reason for it."""
        name = self.current.called if self.current else result.computer_name
        layout = self.repo.layout
        yield from explanations.of_identifier(self.policy, layout, self.serial, destination, name)
