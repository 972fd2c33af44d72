"""A validator of templates: it renders one for every destination, and checks the results."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from jinja2 import Template

from infrastructure.findings import Finding
from provisioning.clients.templates.findings import located, raised, shape
from provisioning.clients.templates.renderer import Renderer
from provisioning.munki import Destination


class Validator:
    """A validator of templates of one kind.

    `render` makes the text for a destination, without a secret; `check` yields the faults of a
    text.
    """

    def __init__(
        self,
        renderer: Renderer,
        render: Callable[[Template, Destination], str],
        check: Callable[[str], Iterator[Finding]],
    ) -> None:
        self._renderer, self._render, self._check = renderer, render, check

    def findings(
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
