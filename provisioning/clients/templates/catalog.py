"""A catalog of templates: the right one for a destination, if it is sound."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from jinja2 import Template

from infrastructure.errors import RollcallError
from infrastructure.findings import Finding, Location
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.chooser import IsSite, candidates, choose
from provisioning.clients.templates.findings import located, raised, shape
from provisioning.clients.templates.last_good import LastGood, UnusableTemplate
from provisioning.clients.templates.loader import LoadedTemplate, TemplateLoader
from provisioning.clients.templates.places import Places
from provisioning.clients.templates.renderer import Renderer
from provisioning.clients.templates.servings import Servings
from provisioning.munki import Destination


class TemplateCatalog:
    """The templates of one kind; the most specific one is served.

    To check one, `render` makes its text for a destination, without a secret; `check` yields the
    faults of a text.
    With `last_good`, only templates are served that are sound for all sites and builds of its repo,
    or as they last were sound; without, all. `placed_only`: none is served WHERE_REGISTERED.
    `is_site` tells the sites of the repo. `prefix` is the start of their names, as admins
    see them.
    """

    def __init__(
        self,
        prefix: str,
        loader: TemplateLoader,
        renderer: Renderer,
        render: Callable[[Template, Destination], str],
        check: Callable[[str], Iterator[Finding]],
        last_good: LastGood | None = None,
        *,
        is_site: IsSite,
        placed_only: bool = False,
    ) -> None:
        self._prefix = prefix
        self._loader = loader
        self._renderer = renderer
        self._render, self._check = render, check
        self._last_good = last_good
        self._is_site = is_site
        self._placed_only = placed_only
        self._compiled: dict[str, tuple[Mapping[str, str], Template]] = {}
        self._kept_servings: Servings | None = None

    def template_for(self, destination: Destination) -> Template:
        """Return the template for a destination. Raises UnusableTemplate."""
        name = self._name(destination)
        loaded = self._load(name)
        texts = loaded.texts
        if self._last_good is not None:
            texts = self._last_good.use(self._key(name), loaded, self._judge(name))
        compiled = self._compiled.get(name)
        if compiled is None or compiled[0] is not texts:
            compiled = self._compiled[name] = (texts, self._renderer.compile(name, texts))
        return compiled[1]

    def rendered(self, destination: Destination, **values: object) -> str:
        """Return the text for a destination. Raises UnusableTemplate, whatever is wrong."""
        try:
            template = self.template_for(destination)
            return template.render(site=destination.site, build=destination.build, **values)
        except RollcallError:
            raise
        except Exception as error:
            finding = raised(error, self._name(destination))
            raise UnusableTemplate(self._prefixed(finding)) from error

    def choice(self, destination: Destination) -> tuple[str, tuple[str, ...]]:
        """Return the template of a destination, and all possible ones, the most specific first."""
        return self._name(destination), candidates(destination, self._loader.suffix, self._is_site)

    def choices(self, destinations: Iterable[Destination]) -> Iterator[str]:
        """Yield the template of each destination; the files are listed once."""
        suffix, present = self._loader.suffix, self._loader.names()
        for destination in destinations:
            yield choose(destination, suffix, present, self._is_site)

    def check(self) -> None:
        """Check the templates that have changed, for all present sites and builds.

        Raises RepoUnusable.
        """
        if self._last_good is None:
            return
        everywhere = self._last_good.places()
        version = hashlib.sha256(repr(everywhere).encode()).hexdigest()[:16]
        servings = self._servings(everywhere)
        for name in self._present():
            loaded = self._load(name)
            if not self._served(name, loaded.texts, servings):
                continue
            with suppress(UnusableTemplate):  # the channel was notified
                self._last_good.use(self._key(name), loaded, self._judge(name), version)

    def findings(self, places: Places) -> Iterator[Finding]:
        """Yield the faults of the present templates, even of those not in use."""
        servings = self._servings(places)
        for name in self._present():
            loaded = self._load(name)
            yield from loaded.findings or self._judged(name, loaded.texts, servings)
            if ambiguous := places.ambiguity(name, self._loader.suffix):
                yield self._prefixed(ambiguous)

    def _load(self, name: str) -> LoadedTemplate:
        loaded = self._loader.load(name)
        return replace(loaded, findings=tuple(map(self._prefixed, loaded.findings)))

    def _prefixed(self, finding: Finding) -> Finding:
        location = finding.location or Location("")
        return replace(finding, location=replace(location, file=self._key(location.file)))

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}"

    def _name(self, destination: Destination) -> str:
        return choose(destination, self._loader.suffix, self._loader.names(), self._is_site)

    def _present(self) -> list[str]:
        """The names of all templates, the base also where it is missing."""
        return sorted({*self._loader.templates(), f"base{self._loader.suffix}"})

    def _judge(self, name: str) -> Callable[[Mapping[str, str]], list[Finding]]:
        def judge(texts: Mapping[str, str]) -> list[Finding]:
            everywhere = self._last_good.places() if self._last_good else Places((), ())
            return list(self._judged(name, texts, self._servings(everywhere)))

        return judge

    def _judged(self, name: str, texts: Mapping[str, str], servings: Servings) -> Iterator[Finding]:
        return map(self._prefixed, self._faults(name, texts, self._served(name, texts, servings)))

    def _faults(
        self, name: str, texts: Mapping[str, str], destinations: Iterable[Destination]
    ) -> Iterator[Finding]:
        """Yield the faults of a template, once for each shape of its rendered text."""
        seen: set[str] = set()
        try:
            template = self._renderer.compile(name, texts)
            for destination in destinations:
                text = self._render(template, destination)
                if (form := shape(text, destination)) not in seen:
                    seen.add(form)
                    for fault in self._check(text):
                        yield located(fault, text, destination, name, texts)
        except Exception as error:  # a template can raise anything
            yield raised(error, name)

    def _servings(self, places: Places) -> Servings:
        """The sites and builds that each template serves; kept, since they are asked for every few
        seconds.
        """
        present, kept = self._loader.names(), self._kept_servings
        if kept is None or kept.places != places or kept.present != present:
            kept = self._kept_servings = Servings(places, self._loader.suffix, present)
        return kept

    def _served(self, name: str, texts: Mapping[str, str], servings: Servings) -> list[Destination]:
        served = servings.of(name, texts)
        return [each for each in served if not self._placed_only or each != WHERE_REGISTERED]
