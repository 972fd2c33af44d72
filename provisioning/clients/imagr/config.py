"""Imagr's config: a property list of workflows, made of the templates and of the repo."""

import plistlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infrastructure.findings import Finding
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.imagr.errors import FaultyTemplate, TooManyWorkflows
from provisioning.clients.imagr.schema import finding
from provisioning.clients.imagr.templates import BASE, CONFIG, OVERRIDES, REGISTERED, Templates
from provisioning.clients.imagr.workflows import (
    Workflow,
    Workflows,
    check_included,
    printable,
    sound,
    twin,
)
from provisioning.clients.templates.findings import KIND
from provisioning.clients.templates.last_good import LastGood, UnusableTemplate
from provisioning.clients.templates.loader import LoadedTemplate
from provisioning.clients.templates.places import pairs_with_templates, places
from provisioning.clients.templates.servings import Servings
from provisioning.munki import Destination, MunkiRepo

CHOICES = ("default_workflow", "autorun")  # keys that name a workflow
MAX_TRIED = 20_000  # sites and builds whose template is rendered: some ten seconds
MAX_PLACES = 1000  # sites and builds that are offered; Imagr gives up after ten seconds


@dataclass(frozen=True, slots=True)
class Config:
    """A config as it is served.

    `names` are the names of workflows by destination; `faulty` holds the reasons why others have
    none although there is a template. `strays` are templates for sites or builds that the repo does
    not have; `left_out` are the faults of workflows that are for no site and build, and of files
    that are served all the same.
    """

    content: bytes
    names: Mapping[Destination, str]
    faulty: Mapping[Destination, FaultyTemplate]
    strays: Sequence[FaultyTemplate]
    left_out: Sequence[FaultyTemplate] = ()

    @property
    def faults(self) -> Sequence[FaultyTemplate]:
        """All faults that an admin has to fix."""
        return (*self.faulty.values(), *self.strays, *self.left_out)


class Configs:
    """A factory of configs, from the present templates and repo.

    `last_good` keeps the workflow for registered Macs as its template last made it well;
    `max_tried` limits the sites and builds whose template is filled in, `max_places` those that
    are offered.
    """

    def __init__(
        self,
        templates: Templates,
        workflows: Workflows,
        repo: MunkiRepo,
        last_good: LastGood | None = None,
        *,
        max_tried: int = MAX_TRIED,
        max_places: int = MAX_PLACES,
    ) -> None:
        self._templates = templates
        self._max_tried, self._max_places = max_tried, max_places
        self._workflows = workflows
        self._repo = repo
        self._last_good = last_good
        self._good: dict[Destination, Workflow] = {}  # as the templates last made them well
        self._made: dict[str | None, Config] = {}  # by the site that each is for

    @property
    def layout(self) -> str:
        """The digest of the layout of which configs are made now."""
        return self._repo.now().layout.digest

    def config(self, site: str | None = None) -> Config:
        """Return the config, of one `site` alone where it is given.

        A workflow whose template became faulty stays as it was while this process runs; the whole
        config does where config.plist became faulty. Workflows that never were sound are left out,
        and so are faulty ones of config.plist itself. Raises ConfigUnusable, RepoUnusable.
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
        written, layout = root.pop("workflows", []), self._repo.now().layout
        hidden = self._workflows.hidden(layout.usage)
        names = [workflow["name"] for workflow in hidden]
        registered, faults = self._registered(sound(written, names).workflows)
        names += [workflow["name"] for workflow in registered]
        own = sound(written, names)
        always = [*map(self._workflows.registered, registered), *own.workflows, *hidden]
        offered, faulty = self._offered(always, own.workflows, site)
        twins = [twin(each) for each in offered.values() if not each["name"].isascii()]
        root["workflows"] = [*always, *offered.values(), *twins]
        faults = [*faults, *own.faults, *_without_lost(root, own.lost, any_name=not registered)]
        if registered:
            root.setdefault("default_workflow", registered[0]["name"])
        _check_choices(root)
        return Config(
            content=plistlib.dumps(root, sort_keys=True),
            names={
                destination: printable(workflow["name"])
                for destination, workflow in offered.items()
            },
            faulty=faulty,
            strays=self._templates.strays(places(self._repo)),
            left_out=[*faults, *self._templates.cautions.values()],
        )

    def _registered(
        self, own: Sequence[Workflow]
    ) -> tuple[Sequence[Workflow], Sequence[FaultyTemplate]]:
        """The workflow for registered Macs, or as it last was; none where it never was good.

        And its fault, where `last_good` does not tell it.
        """
        try:
            workflow = self._templates.registered()
            check_included(REGISTERED, workflow, own)
            loaded = LoadedTemplate({REGISTERED: plistlib.dumps(workflow).decode()})
        except FaultyTemplate as error:
            if self._last_good is None:
                return [], [error]
            loaded = LoadedTemplate({}, (Finding(KIND, str(error), ""),))
        if self._last_good is not None:
            try:
                texts = self._last_good.use(f"{OVERRIDES}/{REGISTERED}", loaded, lambda _: [])
                workflow = plistlib.loads(texts[REGISTERED].encode())
                check_included(REGISTERED, workflow, own)
            except (UnusableTemplate, FaultyTemplate):
                return [], []
        return [workflow], []

    def _offered(
        self, always: Sequence[Workflow], own: Sequence[Workflow], site: str | None
    ) -> tuple[dict[Destination, Workflow], dict[Destination, FaultyTemplate]]:
        """The workflows to offer, and the errors of those that cannot be offered."""
        offered: dict[Destination, Workflow] = {}
        faulty: dict[Destination, FaultyTemplate] = {}
        taken = {workflow["name"]: "another workflow" for workflow in always}
        for destination in self._destinations(site):
            try:
                workflow = self._workflow(destination, own, taken, site_locked=site is not None)
            except FaultyTemplate as error:
                faulty[destination] = error
                workflow = self._fallback(destination, taken, site_locked=site is not None)
            if workflow is not None:
                taken[workflow["name"]] = f"the workflow for {destination}"
                offered[destination] = workflow
            if len(offered) > self._max_places:
                raise TooManyWorkflows(self._max_places)
        return offered, faulty

    def _workflow(
        self,
        destination: Destination,
        own: Sequence[Workflow],
        taken: Mapping[str, str],
        *,
        site_locked: bool,
    ) -> Workflow | None:
        workflow = self._templates.workflow(destination)
        if workflow is None:
            self._good.pop(destination, None)
            return None
        template, name = self._templates.name_for(destination), workflow["name"]
        if name in taken:
            fix = f"{name!r} is the name of {taken[name]} already; put site and build into it"
            raise FaultyTemplate(template, [finding("name", fix)])
        check_included(template, workflow, own)
        self._good[destination] = workflow
        return self._workflows.completed(workflow, destination, site_locked=site_locked)

    def _fallback(
        self, destination: Destination, taken: Mapping[str, str], *, site_locked: bool
    ) -> Workflow | None:
        workflow = self._good.get(destination)
        if workflow is None or workflow["name"] in taken:
            return None
        return self._workflows.completed(workflow, destination, site_locked=site_locked)

    def _destinations(self, site: str | None) -> Iterator[Destination]:
        """The sites and builds for which a template may have a workflow."""
        everywhere = places(self._repo)
        if site is not None:
            everywhere = everywhere.at(site)
        names = self._templates.names()
        base = Servings(everywhere, ".plist", names).of(BASE, self._templates.texts(BASE))
        base = [destination for destination in base if destination != WHERE_REGISTERED]
        if any(map(self._has_something, base)):
            return self._the_first(everywhere.all())
        # The base has nothing for any shape of a name, and pairs with other templates are few.
        return iter(dict.fromkeys([*pairs_with_templates(everywhere, ".plist", names), *base]))

    def _has_something(self, destination: Destination) -> bool:
        try:
            return self._templates.workflow(destination) is not None
        except FaultyTemplate:
            return bool(self._good)  # which stay as they were

    def _the_first(self, destinations: Iterator[Destination]) -> Iterator[Destination]:
        """Return all of them; raises TooManyWorkflows where there are too many."""
        for number, destination in enumerate(destinations):
            if number > self._max_tried:
                raise TooManyWorkflows(MAX_PLACES)
            if destination != WHERE_REGISTERED:
                yield destination


def _without_lost(
    root: dict[str, Any], lost: Collection[str], *, any_name: bool
) -> list[FaultyTemplate]:
    """Take those choices out of a config's root that name a workflow which was left out.

    `any_name`: the one for registered Macs was, whose name is not known. Returns their faults.
    """
    names = {workflow["name"] for workflow in root["workflows"]}
    faults = []
    for key in CHOICES:
        if key in root and root[key] not in names and (any_name or root[key] in lost):
            fix = f"the workflow {root[key]!r} is left out; fix it, or choose another one"
            faults.append(FaultyTemplate(CONFIG, [finding(key, fix)]))
            del root[key]
    return faults


def _check_choices(root: Mapping[str, Any]) -> None:
    """Raise FaultyTemplate where Imagr is to choose a workflow that is not there."""
    names = {workflow["name"] for workflow in root["workflows"]}
    for key in CHOICES:
        if key in root and root[key] not in names:
            fix = f"there is no workflow {root[key]!r}; the names are those in Imagr's menu"
            raise FaultyTemplate(CONFIG, [finding(key, fix)])
