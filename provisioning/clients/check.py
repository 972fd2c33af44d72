"""A check of all templates: on request, and every few seconds in a thread."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from infrastructure.errors import RollcallError
from infrastructure.execution.loop import PeriodicThread
from infrastructure.findings import Finding
from provisioning.access.tokens import Tokens
from provisioning.clients.imagr.config import Configs
from provisioning.clients.imagr.errors import ConfigUnusable
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import Workflows
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.findings import ANYWHERE, KIND
from provisioning.clients.templates.places import places
from provisioning.munki import MunkiRepo

log = structlog.get_logger()

INTERVAL = 20.0  # seconds between two checks


def findings(repo: MunkiRepo, templates: Path | None = None) -> list[Finding]:
    """Return the faults of the present scripts and documents, for all sites and builds of `repo`.

    `templates` is the admin's own folder. Reads only. Raises RepoUnusable.
    """
    everywhere = places(repo)
    tokens = Tokens("only to look at templates", timedelta(hours=1))
    scripts = Scripts(ANYWHERE, tokens, templates)
    installations = InstallApplications(ANYWHERE, tokens, scripts, templates)
    return [*scripts.catalog.findings(everywhere), *installations.catalog.findings(everywhere)]


def findings_of_imagr(repo: MunkiRepo, templates: Path | None = None) -> list[Finding]:
    """Return the faults of the present templates of Imagr's config, each with its file and key.

    `templates` is the admin's own folder. Reads only. Raises RepoUnusable.
    """
    plists = Templates(ANYWHERE, templates, is_site=sites_of(repo))
    tokens = ImagrTokens("only to look at templates", timedelta(hours=1))
    workflows = Workflows(plists, tokens, url=ANYWHERE, command="/mac")
    try:
        config = Configs(plists, workflows, repo).config()
    except ConfigUnusable as error:
        return [Finding(KIND, str(error), "")]
    return [Finding(KIND, sentence, "") for sentence in dict.fromkeys(map(str, config.faults))]


class TemplateWatcher(PeriodicThread):
    """A watcher that checks `catalogs` once in each INTERVAL, in a thread of the process.

    So a broken template is reported to the channel before a Mac requests it, and a fixed one is
    served.
    """

    def __init__(self, catalogs: Sequence[TemplateCatalog]) -> None:
        super().__init__("templates", self.look, INTERVAL)
        self._catalogs = tuple(catalogs)

    def look(self) -> None:
        """Check all templates once. Raises nothing."""
        for catalog in self._catalogs:
            try:
                catalog.check()
            except RollcallError as error:  # the repo is away: then nothing is served either
                log.warning("templates cannot be checked", reason=str(error))
            except Exception:
                log.exception("templates cannot be checked")
