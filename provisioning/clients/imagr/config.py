"""Imagr's config: a property list of workflows, made of the templates and of the repo."""

import plistlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioning.clients.imagr.errors import FaultyTemplate, TooManyWorkflows
from provisioning.clients.imagr.schema import finding
from provisioning.clients.imagr.templates import CONFIG, REGISTERED, Templates
from provisioning.clients.imagr.workflows import Workflow, Workflows, included, printable, twin
from provisioning.munki import Destination, MunkiRepo

MOST = 1000  # sites and builds that are offered; Imagr gives up after ten seconds


@dataclass(frozen=True, slots=True)
class Config:
    """A config as it is served.

    `names` are the names of workflows by destination; `faulty` holds the reasons why others have
    none although there is a template. `strays` are templates for sites or builds that the repo does
    not have.
    """

    content: bytes
    names: Mapping[Destination, str]
    faulty: Mapping[Destination, FaultyTemplate]
    strays: Sequence[FaultyTemplate]


class Configs:
    """A maker of configs from the present templates and repo."""

    def __init__(self, templates: Templates, workflows: Workflows, repo: MunkiRepo) -> None:
        self._templates = templates
        self._workflows = workflows
        self._repo = repo
        self._good: dict[Destination, Workflow] = {}  # as the templates last made them well
        self._made: dict[str | None, Config] = {}  # by the site that each is for

    def config(self, site: str | None = None) -> Config:
        """Return the config, of one `site` alone where it is given.

        A workflow whose template became faulty stays as it last was while this process runs, and so
        does all of it where config.plist became faulty. A workflow that never was good is left out.
        Raises ConfigUnusable where no workflow is left, and RepoUnusable.
        """
        self._templates.look_again()
        try:
            config = self._config(site)
        except FaultyTemplate as error:
            if site not in self._made:
                raise
            return replace(self._made[site], strays=[error])
        self._made[site] = config
        return config

    def _config(self, site: str | None) -> Config:
        root = self._templates.config()
        workflows = root.pop("workflows", [])
        registered = self._registered(workflows)
        always = [registered, *workflows, *self._workflows.hidden()]
        _check_own(always, workflows)
        offered, faulty = self._offered(always, workflows, site)
        twins = [twin(each) for each in offered.values() if not each["name"].isascii()]
        root["workflows"] = [*always, *offered.values(), *twins]
        root.setdefault("default_workflow", registered["name"])
        _check_choices(root)
        return Config(
            content=plistlib.dumps(root, sort_keys=True),
            names={
                destination: printable(workflow["name"])
                for destination, workflow in offered.items()
            },
            faulty=faulty,
            strays=self._templates.strays(self._repo.now().sites(), self._repo.now().builds()),
        )

    def _registered(self, workflows: Sequence[Workflow]) -> Workflow:
        workflow = self._templates.registered()
        _check_included(REGISTERED, workflow, workflows)
        return self._workflows.registered(workflow)

    def _offered(
        self, always: Sequence[Workflow], own: Sequence[Workflow], site: str | None
    ) -> tuple[dict[Destination, Workflow], dict[Destination, FaultyTemplate]]:
        """The workflows to offer, and the errors of those that cannot be offered."""
        offered: dict[Destination, Workflow] = {}
        faulty: dict[Destination, FaultyTemplate] = {}
        taken = {workflow["name"]: "another workflow" for workflow in always}
        for destination in self._destinations(site):
            try:
                workflow = self._workflow(destination, own, taken, fenced=site is not None)
            except FaultyTemplate as error:
                faulty[destination] = error
                workflow = self._last_good(destination, taken, fenced=site is not None)
            if workflow is not None:
                taken[workflow["name"]] = f"the workflow for {destination}"
                offered[destination] = workflow
        if len(offered) > MOST:
            raise TooManyWorkflows(len(offered), MOST)
        return offered, faulty

    def _workflow(
        self,
        destination: Destination,
        own: Sequence[Workflow],
        taken: Mapping[str, str],
        *,
        fenced: bool,
    ) -> Workflow | None:
        workflow = self._templates.workflow(destination)
        if workflow is None:
            self._good.pop(destination, None)
            return None
        template, name = self._templates.name_for(destination), workflow["name"]
        if name in taken:
            fix = f"{name!r} is the name of {taken[name]} already; put site and build into it"
            raise FaultyTemplate(template, [finding("name", fix)])
        _check_included(template, workflow, own)
        self._good[destination] = workflow
        return self._workflows.completed(workflow, destination, site_locked=fenced)

    def _last_good(
        self, destination: Destination, taken: Mapping[str, str], *, fenced: bool
    ) -> Workflow | None:
        workflow = self._good.get(destination)
        if workflow is None or workflow["name"] in taken:
            return None
        return self._workflows.completed(workflow, destination, site_locked=fenced)

    def _destinations(self, site: str | None) -> Iterator[Destination]:
        repo = self._repo.now()
        sites = repo.sites() if site is None else [site]
        return (Destination(each, build) for each in sites for build in repo.builds(each))


def _check_own(always: Sequence[Workflow], workflows: Sequence[Workflow]) -> None:
    """Raise FaultyTemplate where names are not unique, or what is included is not there."""
    names = [workflow["name"] for workflow in always]
    if twice := next((name for name in names if names.count(name) > 1), None):
        fix = f"two of them are named {twice!r}; give each a name of its own"
        raise FaultyTemplate(CONFIG, [finding("workflows", fix)])
    for workflow in workflows:
        _check_included(CONFIG, workflow, workflows)


def _check_included(template: str, workflow: Workflow, workflows: Sequence[Workflow]) -> None:
    """Raise FaultyTemplate where a workflow includes one that config.plist does not have."""
    names = {each["name"] for each in workflows} - {workflow["name"]}
    for name in included(workflow):
        if name not in names:
            fix = f"there is no other workflow {name!r} in config.plist; write it there"
            raise FaultyTemplate(template, [finding("included_workflow name", fix)])


def _check_choices(root: Mapping[str, Any]) -> None:
    """Raise FaultyTemplate where Imagr is to choose a workflow that is not there."""
    names = {workflow["name"] for workflow in root["workflows"]}
    for key in ("default_workflow", "autorun"):
        if key in root and root[key] not in names:
            fix = f"there is no workflow {root[key]!r}; the names are those in Imagr's menu"
            raise FaultyTemplate(CONFIG, [finding(key, fix)])
