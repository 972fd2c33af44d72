"""A check of the templates of Imagr's config, for the command line and the doctor."""

from datetime import timedelta
from pathlib import Path

from infrastructure.findings import Finding
from provisioning.clients.imagr.config import Configs
from provisioning.clients.imagr.errors import ConfigUnusable
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import Workflows
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.findings import ANYWHERE, KIND
from provisioning.munki import MunkiRepo


def findings(repo: MunkiRepo, folder: Path | None = None) -> list[Finding]:
    """Return the faults of the present templates, each with its file and key.

    `folder` is the admin's own. Reads only. Raises RepoUnusable.
    """
    templates = Templates(ANYWHERE, folder, is_site=sites_of(repo))
    tokens = ImagrTokens("only to look at templates", timedelta(hours=1))
    workflows = Workflows(templates, tokens, url=ANYWHERE, command="/mac")
    try:
        config = Configs(templates, workflows, repo).config()
    except ConfigUnusable as error:
        return [Finding(KIND, str(error), "")]
    return [Finding(KIND, sentence, "") for sentence in dict.fromkeys(map(str, config.faults))]
