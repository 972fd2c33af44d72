"""Whether the templates of Imagr's config are fit to be served, for who asks."""

from datetime import timedelta
from pathlib import Path

from provisioning.clients.imagr.config import Configs
from provisioning.clients.imagr.errors import ConfigUnusable
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import Workflows
from provisioning.munki import MunkiRepo

ANYWHERE = "http://127.0.0.1:5000"


def faults(repo: MunkiRepo, folder: Path | None = None) -> list[str]:
    """Return what is wrong with the templates as they are, in sentences that name file and key.

    `folder` is the admin's own. Reads only. Raises RepoUnusable.
    """
    templates = Templates(ANYWHERE, folder)
    passes = ImagrTokens("only to look at templates", timedelta(hours=1))
    workflows = Workflows(templates, passes, url=ANYWHERE, command="/mac")
    try:
        config = Configs(templates, workflows, repo).config()
    except ConfigUnusable as error:
        return [str(error)]
    return [str(fault) for fault in (*config.faults.values(), *config.strays)]
