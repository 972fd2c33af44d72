"""What the routes of the Macs' door are made of, put together once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import structlog

from provisioning import firstboots
from provisioning.credentials import Opened
from provisioning.database import Database
from provisioning.firstboots import FirstBoot
from provisioning.imagr.passes import Passes
from provisioning.installapplications import InstallApplications
from provisioning.keyrings import Keyring
from provisioning.knownclients import KnownClients
from provisioning.lastgood import LastGood
from provisioning.ledgers import Ledger
from provisioning.models.access import INSTALLAPPLICATIONS, MANIFESTS, REPORTS, SCRIPTS
from provisioning.munki import MunkiRepo, opened
from provisioning.policy import PolicyFile, UnusablePolicy
from provisioning.scripts import TEMPLATES, Scripts
from provisioning.settings import ServerSettings
from provisioning.templates import Watch
from provisioning.tokens import Tokens
from server.callers import Callers, Editors
from server.guards import Guard
from server.slowing import Slowing

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What several routes share. `reporters` says what a key in a report's URL opens."""

    repo: MunkiRepo
    policy: PolicyFile
    callers: Callers
    editors: Editors
    reporters: Callable[[str], Opened | None]
    report_guard: Guard
    slack_guard: Guard
    passes: Passes
    scripts: Scripts
    installations: InstallApplications
    watch: Watch
    firstboot: FirstBoot

    @classmethod
    def made(
        cls,
        settings: ServerSettings,
        database: Database,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Put them together; reads nothing but the policy file. Raises UnusablePolicy.

        `clock` is theirs who slow guesses, in seconds.
        """
        repo = opened(settings.munki_repo, settings.repo_copy)
        policy = PolicyFile(settings.policy, tell=_tell)
        secret_key = settings.secret_key.get_secret_value()
        tokens = Tokens(secret_key, settings.token_lifetime)
        ledger = Ledger(database)
        clients = KnownClients(database, secret_key, ledger.let_in, clock)
        keyring = Keyring(database, ledger.used)
        scripts = Scripts(str(settings.url), tokens, settings.templates)
        installations = InstallApplications(str(settings.url), tokens, scripts, settings.templates)
        shelves = [scripts.shelf, installations.shelf]
        last_good = LastGood(database, settings.channel, TEMPLATES)
        for shelf in shelves:
            shelf.guard(repo, last_good)

        def guard() -> Guard:  # one for each door: see there
            return Guard(ledger.refused, Slowing(clock=clock), clients)

        return cls(
            repo=repo,
            policy=policy,
            callers=Callers(
                settings.username,
                settings.password.get_secret_value(),
                opened=lambda key: keyring.opened(key, SCRIPTS, INSTALLAPPLICATIONS),
                tokens=tokens,
                guard=guard(),
            ),
            editors=Editors(lambda key: keyring.opened(key, MANIFESTS), guard()),
            reporters=lambda key: keyring.opened(key, REPORTS),
            report_guard=guard(),
            slack_guard=guard(),
            passes=Passes(secret_key, settings.token_lifetime),
            scripts=scripts,
            installations=installations,
            watch=Watch(shelves),
            firstboot=firstboots.opened(
                settings, database, repo, policy=policy, quiet=settings.token_lifetime
            ),
        )


def _tell(fault: UnusablePolicy | None) -> None:
    if fault is not None:
        log.error("policy file", reason=str(fault))
