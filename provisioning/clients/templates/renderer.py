"""A renderer of templates: Jinja with delimiters that neither Imagr nor a shell uses."""

from collections.abc import Callable, Mapping

from jinja2 import BaseLoader, Environment, FunctionLoader, StrictUndefined, Template


def environment(
    filters: Mapping[str, Callable[[str], str]],
    *,
    loader: BaseLoader | None = None,
    autoescape: bool | Callable[[str | None], bool] = False,
) -> Environment:
    """Return an environment for templates whose values go through `filters`."""
    jinja = Environment(
        loader=loader,
        # {{ }} and {# collide with Imagr and bash, [[ ]] and << >> with sh.
        variable_start_string="{=",
        variable_end_string="=}",
        comment_start_string="{##",
        comment_end_string="##}",
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - where it is no XML, a filter does it
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(filters)
    return jinja


class Renderer:
    """A compiler of templates from texts that are read already."""

    def __init__(self, filters: Mapping[str, Callable[[str], str]]) -> None:
        self.environment = environment(filters)

    def compile(self, name: str, texts: Mapping[str, str]) -> Template:
        """Return the template `name` out of `texts`, by their names. Raises Jinja's errors."""

        def load(requested: str) -> tuple[str, str, Callable[[], bool]] | None:
            return (texts[requested], requested, lambda: True) if requested in texts else None

        return self.environment.overlay(loader=FunctionLoader(load)).get_template(name)
