"""Whether the templates are fit to be served: asked by people, and looked at all the time."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from infrastructure.errors import RollcallError
from provisioning.access.tokens import Tokens
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.catalog import TemplateCatalog, destinations
from provisioning.clients.templates.loader import Fault
from provisioning.munki import MunkiRepo

log = structlog.get_logger()

EVERY = 20.0  # seconds between looks
ANYWHERE = "http://127.0.0.1:5000"


def faults(repo: MunkiRepo, templates: Path | None = None) -> list[Fault]:
    """Return what is wrong with the templates as they are, for all sites and builds of `repo`.

    `templates` is the admin's own folder. Reads only. Raises RepoUnusable.
    """
    everywhere = destinations(repo)
    return [fault for shelf in _shelves(templates) for fault in shelf.faults(everywhere)]


def _shelves(templates: Path | None) -> Sequence[TemplateCatalog]:
    tokens = Tokens("only to look at templates", timedelta(hours=1))
    scripts = Scripts(ANYWHERE, tokens, templates)
    return [scripts.shelf, InstallApplications(ANYWHERE, tokens, scripts, templates).shelf]


class TemplateWatcher:
    """Looks at `shelves` every now and then, in a thread that ends with the process.

    So a template that breaks is told before a Mac asks for it, and one that was fixed is served.
    """

    def __init__(self, shelves: Sequence[TemplateCatalog]) -> None:
        self._shelves = tuple(shelves)

    def start(self) -> None:
        """Begin, at once."""
        threading.Thread(target=self._run, name="templates", daemon=True).start()

    def look(self) -> None:
        """Look at all of them once."""
        for shelf in self._shelves:
            try:
                shelf.check()
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
