"""A renderer of templates: Jinja with delimiters that neither Imagr nor a shell uses."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from threading import Lock
from types import CodeType

from cachetools import LRUCache
from jinja2 import BaseLoader, BytecodeCache, Environment, FunctionLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.meta import find_referenced_templates

MAX_COMPILED = 256  # templates and versions of them that stay compiled
SHIPPED = "shipped/"  # before the name of a template: the one that Rollcall ships


class _Environment(Environment):
    """An environment in which a template that extends itself means the shipped one of its name."""

    def join_path(self, template: str, parent: str) -> str:
        return meant(template, parent)


def meant(reference: str, name: str) -> str:
    """Return the name of the template that template `name` means by `reference`."""
    return SHIPPED + reference if reference == name else reference


def environment(
    filters: Mapping[str, Callable[[str], str]],
    *,
    loader: BaseLoader | None = None,
    autoescape: bool | Callable[[str | None], bool] = False,
) -> Environment:
    """Return an environment for templates whose values go through `filters`."""
    jinja = _Environment(
        loader=loader,
        # {{ }} and {# collide with Imagr and bash, [[ ]] and << >> with sh.
        variable_start_string="{=",
        variable_end_string="=}",
        comment_start_string="{##",
        comment_end_string="##}",
        undefined=StrictUndefined,
        autoescape=autoescape,  # where it is no XML, a filter does it
        bytecode_cache=_compiled_templates(frozenset(filters.items()), autoescape),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(filters)
    return jinja


class _CompiledTemplates(BytecodeCache):
    """A cache of compiled templates, by their names and texts; threads share it.

    A process judges, serves and shows a template, and compiles it once.
    """

    def __init__(self) -> None:
        self._codes: LRUCache[tuple[str, str], CodeType] = LRUCache(MAX_COMPILED)
        self._lock = Lock()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code of a template that was compiled before."""
        with self._lock:
            bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            with self._lock:
                self._codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled_templates(
    _filters: frozenset[tuple[str, Callable[[str], str]]], _autoescape: object
) -> _CompiledTemplates:
    """The cache of all environments with the same filters, which compiling applies to constants."""
    return _CompiledTemplates()


_SYNTAX = environment({})


@lru_cache(MAX_COMPILED)
def references(text: str) -> tuple[str | None, ...]:
    """Return the names of the templates that one extends and includes; None for a computed name.

    Raises TemplateSyntaxError.
    """
    return tuple(find_referenced_templates(_SYNTAX.parse(text)))


class Renderer:
    """A compiler of templates from texts in memory."""

    def __init__(self, filters: Mapping[str, Callable[[str], str]]) -> None:
        self._environment = environment(filters)

    def compile(self, name: str, texts: Mapping[str, str]) -> Template:
        """Return the template `name`, made of `texts` by their names. Raises Jinja's errors."""

        def load(requested: str) -> tuple[str, str, Callable[[], bool]] | None:
            return (texts[requested], requested, lambda: True) if requested in texts else None

        return self._environment.overlay(loader=FunctionLoader(load)).get_template(name)
