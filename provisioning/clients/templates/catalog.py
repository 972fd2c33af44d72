"""Shelves of templates: which one is for which destination, and whether it is fit to be served."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
)

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates import faults as findings
from provisioning.clients.templates.last_good import LastGood, UnusableTemplate
from provisioning.clients.templates.loader import Fault, Found, TemplateLoader
from provisioning.clients.templates.shell_lint import Complaint
from provisioning.munki import Destination, MunkiRepo

Render = Callable[[Template, Destination], str]
Look = Callable[[str], Iterator[Complaint]]


class TemplateCatalog:
    """The templates of one kind, in `folders`: the first that has one wins.

    The most specific is served: site and build, build, site, base. `render` makes a text of one
    to be checked; `look` says what is wrong with such a text. `placed_only`: none is ever served
    WHERE_REGISTERED. `below` is what their names begin with, as an admin sees them.
    """

    def __init__(
        self,
        below: str,
        suffix: str,
        folders: Sequence[Path],
        *,
        render: Render,
        look: Look,
        filters: Mapping[str, Callable[[str], str]],
        placed_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._suffix = suffix
        self._render, self._look = render, look
        self._below, self._placed_only = below, placed_only
        self._environment = _environment(filters)
        self._sources = TemplateLoader(list(folders), suffix, self._environment, clock)
        self._compiled: dict[str, tuple[Mapping[str, str], Template]] = {}
        self._repo: MunkiRepo | None = None
        self._last_good: LastGood | None = None

    def guard(self, repo: MunkiRepo, last_good: LastGood) -> None:
        """From now on serve only what is good for the sites and builds of `repo`, or was."""
        self._repo, self._last_good = repo, last_good

    def template_for(self, destination: Destination) -> Template:
        """Return the template for a destination. Raises UnusableTemplate."""
        name = self._name(destination)
        found = self._found(name)
        texts = found.texts
        if self._last_good is not None:
            texts = self._last_good.use(self._key(name), found, self._judge(name))
        held = self._compiled.get(name)
        if held is None or held[0] is not texts:
            held = self._compiled[name] = (texts, self._compile(name, texts))
        return held[1]

    def rendered(self, destination: Destination, **values: Any) -> str:
        """Return the text for a destination. Raises UnusableTemplate, whatever is wrong."""
        template = self.template_for(destination)
        try:
            return template.render(site=destination.site, build=destination.build, **values)
        except Exception as error:
            fault = findings.raised(error, self._name(destination))
            raise UnusableTemplate(self._named(fault)) from error

    def choice(self, destination: Destination) -> tuple[str, tuple[str, ...]]:
        """Return which template a destination has, and all that it may have, the first first."""
        return self._name(destination), (*self._names(destination), self._base)

    def check(self) -> None:
        """Judge what changed since it was judged, for all sites and builds there are now.

        Raises RepoUnusable.
        """
        if self._repo is None or self._last_good is None:
            return
        everywhere = destinations(self._repo)
        of = hashlib.sha256(repr(everywhere).encode()).hexdigest()[:16]
        for name in sorted({self._name(each) for each in everywhere}):
            try:
                found = self._found(name)
                self._last_good.use(self._key(name), found, self._judge(name), of)
            except UnusableTemplate:
                pass  # the channel was told

    def faults(self, everywhere: Sequence[Destination]) -> Iterator[Fault]:
        """Yield what is wrong with the templates as they are, and with those that nobody uses."""
        used = [self._name(each) for each in everywhere]
        for name in sorted({*self._sources.templates(), *used}):
            found = self._found(name)
            yield from found.faults or self._judged(name, found.texts, everywhere)

    def _found(self, name: str) -> Found:
        found = self._sources.found(name)
        return replace(found, faults=tuple(map(self._named, found.faults)))

    def _named(self, fault: Fault) -> Fault:
        return replace(fault, file=self._below + fault.file)

    def _key(self, name: str) -> str:
        return f"{self._below}{name}"

    def _name(self, destination: Destination) -> str:
        """The name of the most specific template there is."""
        present = self._sources.names()
        return next((name for name in self._names(destination) if name in present), self._base)

    @property
    def _base(self) -> str:
        return f"base{self._suffix}"

    def _names(self, destination: Destination) -> Iterator[str]:
        site, build = destination.site, destination.build
        if destination != WHERE_REGISTERED:
            yield f"sites/{site}/{build}{self._suffix}"
            yield f"builds/{build}{self._suffix}"
            yield f"sites/{site}{self._suffix}"

    def _judge(self, name: str) -> Callable[[Mapping[str, str]], list[Fault]]:
        def judge(texts: Mapping[str, str]) -> list[Fault]:
            everywhere = destinations(self._repo) if self._repo else [WHERE_REGISTERED]
            return list(self._judged(name, texts, everywhere))

        return judge

    def _judged(
        self, name: str, texts: Mapping[str, str], everywhere: Sequence[Destination]
    ) -> Iterator[Fault]:
        """Yield what is wrong with a template, once for each shape that its text takes."""
        seen: set[str] = set()
        try:
            template = self._compile(name, texts)
            for destination in everywhere:
                if self._serves(name, destination):
                    text = self._render(template, destination)
                    if (shape := findings.shape(text, destination)) not in seen:
                        seen.add(shape)
                        for complaint in self._look(text):
                            fault = findings.complained(complaint, text, destination, name, texts)
                            yield self._named(fault)
        except Exception as error:
            yield self._named(findings.raised(error, name))

    def _serves(self, name: str, destination: Destination) -> bool:
        if self._placed_only and destination == WHERE_REGISTERED:
            return False
        return self._name(destination) == name

    def _compile(self, name: str, texts: Mapping[str, str]) -> Template:
        def load(wanted: str) -> tuple[str, str, Callable[[], bool]] | None:
            return (texts[wanted], wanted, lambda: True) if wanted in texts else None

        return self._environment.overlay(loader=FunctionLoader(load)).get_template(name)


def destinations(repo: MunkiRepo) -> list[Destination]:
    """Return all sites with all builds, and WHERE_REGISTERED. Raises RepoUnusable."""
    builds = repo.builds()
    return [
        WHERE_REGISTERED,
        *(Destination(site, build) for site in repo.sites() for build in builds),
    ]


def _environment(filters: Mapping[str, Callable[[str], str]]) -> Environment:
    environment = Environment(
        # {{ }} and {# collide with Imagr and bash, [[ ]] and << >> with sh.
        variable_start_string="{=",
        variable_end_string="=}",
        comment_start_string="{##",
        comment_end_string="##}",
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML: every value goes through a filter
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    return environment
