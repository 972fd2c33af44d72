"""Imagr's templates of an admin's own, and the config that is made of them."""

import plistlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from provisioning.clients.imagr.config import Config, Configs
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import Workflows
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.last_good import LastGood
from provisioning.munki import MunkiRepo
from tests.support.installation import SECRET_KEY

URL = "http://mac.lan:5000"
PASSES = ImagrTokens(SECRET_KEY, timedelta(hours=1))
REGISTERED = "Registered build"
IMAGE = "<dict><key>type</key><string>image</string><key>url</key><string>{}</string></dict>"

# A workflow of an admin's own, and what includes it.
OWN = (
    "<key>workflows</key><array><dict><key>name</key><string>Base packages</string>"
    "<key>hidden</key><true/><key>components</key><array><dict><key>type</key>"
    "<string>package</string><key>url</key><string>http://images.lan/a.pkg</string></dict>"
    "</array></dict></array>"
)
INCLUDING = (
    "<dict><key>type</key><string>included_workflow</string>"
    "<key>name</key><string>Base packages</string></dict>"
)


def extending(base: str = "base.plist", **blocks: str) -> str:
    """A template that fills in blocks of another one."""
    filled = (f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in blocks.items())
    return "\n".join([f'{{% extends "{base}" %}}', *filled])


def imaging(url: str = "http://images.lan/{= build|urlencode =}.dmg", **blocks: str) -> str:
    """A template of a workflow with one image."""
    return extending("shipped/base.plist", components=IMAGE.format(url), **blocks)


class Admin:
    """An admin who writes templates for a repo."""

    def __init__(self, folder: Path, repo: MunkiRepo) -> None:
        self.folder = folder
        self._repo = repo

    def writes(self, name: str, text: str) -> None:
        """Write a template; of .plist, which goes without saying."""
        path = self.folder / "imagr" / f"{name}.plist"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def server(
        self, last_good: LastGood | None = None, tokens: ImagrTokens = PASSES, **limits: int
    ) -> Configs:
        """A process that makes configs of it."""
        templates = Templates(f"{URL}/", self.folder, is_site=sites_of(self._repo))
        workflows = Workflows(templates, tokens, url=f"{URL}/", command="/mac")
        return Configs(templates, workflows, self._repo, last_good, **limits)

    def made(self, site: str | None = None) -> Config:
        """The config that Rollcall makes of the templates, just started."""
        return self.server().config(site)

    def config(self, site: str | None = None) -> dict[str, Any]:
        """The config, as Imagr reads it."""
        config: dict[str, Any] = plistlib.loads(self.made(site).content)
        return config

    def workflow(self, name: str) -> Mapping[str, Any]:
        """The workflow of that name."""
        [found] = [each for each in self.config()["workflows"] if each["name"] == name]
        return dict(found)

    def visible(self) -> list[str]:
        """The names of the workflows that Imagr shows."""
        return [each["name"] for each in self.config()["workflows"] if not each.get("hidden")]
