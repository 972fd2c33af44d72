"""The templates of Imagr's config: property lists that Jinja fills in, and inline scripts."""

import plistlib
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader, PrefixLoader, TemplateNotFound

from infrastructure.findings import Finding
from provisioning.clients.imagr import schema
from provisioning.clients.imagr.errors import FaultyTemplate
from provisioning.clients.imagr.schema import finding
from provisioning.clients.scripts import quote
from provisioning.clients.templates.chooser import IsSite, candidates, no_site
from provisioning.clients.templates.findings import FIX, raised
from provisioning.clients.templates.places import Places
from provisioning.clients.templates.renderer import environment
from provisioning.munki import Destination
from provisioning.munki.manifests.leftovers import leftover

TEMPLATES = Path(__file__).parents[3] / "templates" / "imagr"
OVERRIDES = "imagr"  # below the folder of an admin's own templates
CONFIG, REGISTERED, BASE = "config.plist", "registered.plist", "base.plist"


class Templates:
    """The templates, of which those below `overrides`, where given, come before the shipped ones.

    `url` is where a Mac reaches the server. The shipped ones are also there as `shipped/…`, so
    that one can be extended by another of its own name. `is_site` tells the sites of the repo.
    `cautions` are the faults since `look_again` of those that Imagr reads all the same, by name.
    """

    def __init__(
        self, url: str, overrides: Path | None = None, *, is_site: IsSite = no_site
    ) -> None:
        self.cautions: dict[str, FaultyTemplate] = {}
        self._is_site = is_site
        self._url = url.rstrip("/")
        admin_folder = FileSystemLoader([overrides / OVERRIDES] if overrides else [])
        shipped = PrefixLoader({"shipped": FileSystemLoader(TEMPLATES)})
        self._own = admin_folder
        self._loader = ChoiceLoader([admin_folder, FileSystemLoader(TEMPLATES), shipped])
        self._environment = environment(
            {"sh": quote},
            loader=FunctionLoader(self._source),
            autoescape=lambda name: name is not None and name.endswith(".plist"),
        )

    def look_again(self) -> None:
        """Load the templates again, with overrides that were added since."""
        self.cautions.clear()
        if self._environment.cache is not None:
            self._environment.cache.clear()

    def config(self) -> dict[str, Any]:
        """Return the root of the config without Rollcall's workflows. Raises FaultyTemplate.

        Its own `workflows` may be faulty.
        """
        config = self._plist(CONFIG)
        return _good(CONFIG, config, [*schema.findings_of_config(config)])

    def registered(self) -> dict[str, Any]:
        """Return the workflow for registered Macs from its template. Raises FaultyTemplate."""
        return self._workflow(REGISTERED)

    def workflow(self, destination: Destination) -> dict[str, Any] | None:
        """Return the workflow for `destination`, from the most specific template there is.

        None where the template has no components: then there is nothing to image. Raises
        FaultyTemplate.
        """
        name = self.name_for(destination)
        workflow = self._workflow(name, site=destination.site, build=destination.build)
        return workflow if workflow["components"] else None

    def name_for(self, destination: Destination) -> str:
        """Return the name of the template that is for `destination`."""
        names = candidates(destination, ".plist", self._is_site)
        try:
            name = self._environment.select_template(list(names))
        except Exception as error:  # it is there, and Jinja cannot read it
            raise _unreadable(getattr(error, "name", None) or names[0], error) from error
        return name.name or ""

    def names(self) -> Set[str]:
        """Return the names of all templates, the shipped ones too."""
        return set(self._loader.list_templates())

    def texts(self, name: str) -> Mapping[str, str]:
        """Return the texts of a template, by their names; none where it cannot be read."""
        try:
            return {name: self._loader.get_source(self._environment, name)[0]}
        except (OSError, UnicodeDecodeError, TemplateNotFound):
            return {}

    def strays(self, places: Places) -> list[FaultyTemplate]:
        """Return the errors of templates whose site or build is unknown or ambiguous."""
        strays = []
        for path in sorted(self._own.list_templates()):
            if path.rpartition("/")[2].startswith("."):
                continue
            if ambiguous := places.ambiguity(path, ".plist"):
                strays.append(FaultyTemplate(path, [finding("its name", ambiguous.message)]))
            elif unknown := _unknown(path, places):
                fix = f"the Munki repo has no {unknown}; rename the file or delete it"
                strays.append(FaultyTemplate(path, [finding("its name", fix)]))
        return strays

    def script(self, name: str, **values: str) -> str:
        """Return an inline script of Rollcall's own."""
        return self._environment.get_template(f"shipped/{name}").render(url=self._url, **values)

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool] | None]:
        """The text of a template, which errors call by its name and not by its path."""
        text, _, is_current = self._loader.get_source(self._environment, name)
        return text, name, is_current

    def _workflow(self, name: str, **values: str) -> dict[str, Any]:
        workflow = self._plist(name, **values)
        return _good(name, workflow, [*schema.findings_of_workflow(workflow)])

    def _plist(self, name: str, **values: str) -> dict[str, Any]:
        try:
            text = self._environment.get_template(name).render(url=self._url, **values)
        except Exception as error:  # what is written in a template can raise anything
            raise _unreadable(name, error) from error
        try:
            content = plistlib.loads(text.encode())
            lost = leftover(text.encode())
        except Exception as error:  # plistlib raises nearly anything
            raise _unreadable(name, error, "once filled in, it is no property list") from error
        if lost is not None and not lost.is_read:
            raise FaultyTemplate(name, [finding("plist", lost.sentence)])
        if lost is not None:
            fix = f"{lost.sentence}, and Imagr takes the last; take one of the two out"
            self.cautions[name] = FaultyTemplate(name, [finding("plist", fix)])
        if not isinstance(content, dict):
            raise FaultyTemplate(name, [finding("plist", "its root has to be a <dict>")])
        return content


def _unknown(path: str, places: Places) -> str | None:
    """The unknown site or build in a template's path; None where there is none."""
    folder, _, stem = path.removesuffix(".plist").partition("/")
    if folder == "builds":
        return None if stem in places.known_builds else f"build {stem!r}"
    if folder != "sites" or places.owners(stem):
        return None
    parts = stem.split("/")
    sites = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    site = next((name for name in sites if name in places.known_sites), None)
    return f"site {parts[0]!r}" if site is None else f"build {stem[len(site) + 1 :]!r}"


def _good(name: str, content: dict[str, Any], findings: list[Finding]) -> dict[str, Any]:
    if findings:
        raise FaultyTemplate(name, findings)
    return content


def _unreadable(
    name: str, error: Exception, message: str = "it cannot be filled in"
) -> FaultyTemplate:
    line = getattr(error, "lineno", None)
    where = f"line {line}" if line else "the file"
    cause = raised(error, name)
    fix = "" if cause.fix == FIX else f"; {cause.fix[0].lower()}{cause.fix[1:].rstrip('.')}"
    return FaultyTemplate(
        name, [finding(where, f"{message} ({cause.message[:200].rstrip('.')}){fix}")]
    )
