"""A check of all templates: on request, and every few seconds in a thread."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from infrastructure.errors import RollcallError
from infrastructure.findings import Finding
from provisioning.access.tokens import Tokens
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.clients.templates.findings import ANYWHERE
from provisioning.clients.templates.places import places
from provisioning.munki import MunkiRepo

log = structlog.get_logger()

EVERY = 20.0  # seconds between two checks


def findings(repo: MunkiRepo, templates: Path | None = None) -> list[Finding]:
    """Return the faults of the present templates, for all sites and builds of `repo`.

    `templates` is the admin's own folder. Reads only. Raises RepoUnusable.
    """
    everywhere = places(repo)
    tokens = Tokens("only to look at templates", timedelta(hours=1))
    scripts = Scripts(ANYWHERE, tokens, templates)
    installations = InstallApplications(ANYWHERE, tokens, scripts, templates)
    return [*scripts.catalog.findings(everywhere), *installations.catalog.findings(everywhere)]


class TemplateWatcher:
    """A watcher that checks `catalogs` every EVERY seconds, in a thread of the process.

    So a broken template is reported to the channel before a Mac requests it, and a fixed one is
    served.
    """

    def __init__(self, catalogs: Sequence[TemplateCatalog]) -> None:
        self._catalogs = tuple(catalogs)

    def start(self) -> None:
        """Start the thread, which checks at once."""
        threading.Thread(target=self._run, name="templates", daemon=True).start()

    def look(self) -> None:
        """Check all templates once."""
        for catalog in self._catalogs:
            try:
                catalog.check()
            except RollcallError as error:  # the repo is away: then nothing is served either
                log.warning("templates cannot be checked", reason=str(error))

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.look()
            except Exception:
                log.exception("templates cannot be checked")
            pause.wait(EVERY)
