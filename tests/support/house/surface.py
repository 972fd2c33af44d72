"""The public surface of Rollcall as text: every name that others rely on, in a stable order.

`python -m tests.support.house.surface` writes it to SNAPSHOT.
"""

import ast
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
from slack_bolt import App

from infrastructure.database.engine import Database
from tests.support.house import product
from tests.support.inputs.samples import sample_repo
from tests.support.installation import ROOT
from tests.support.installing.composing import compose_file, services

SNAPSHOT = ROOT / "tests" / "docs" / "public_surface.txt"
PACKAGES = ("infrastructure", "provisioning", "bot", "server", "rollcall")
LEVELS = ("debug", "info", "warning", "error", "exception")
REPEATED = "repeated"  # the level of what is said once a minute
LISTENERS = ("action", "command", "event", "function", "options", "shortcut", "view")
_CALLS = re.compile(r"\b(?:_?log|logger|level|say|block_id|callback_id)\b")
_LOCK = re.compile(r'take_turns\(session, "([^"]+)"\)')
_ROLE = re.compile(r"^ *(?:\[.*\] \|\| )?start (\w+)", re.MULTILINE)


def rendered() -> str:
    """Return the surface of the product as it is now."""
    with _application() as (routes, listeners, jobs):
        sections: Mapping[str, Iterable[str]] = {
            "HTTP routes": routes,
            "Slash command": [f"/mac {form}" for form in product.FORMS],
            "Command line": _commands(product.COMMAND_LINE, "rollcall"),
            "Settings": _settings(),
            "Slack listeners": listeners,
            "Slack blocks": _blocks(),
            "Log events": _events(),
            "Job kinds": jobs,
            "Words in rows": _words(),
            "Tables": _tables(),
            "Advisory locks": _locks(),
            "Compose": _services(),
            "boot.sh": _roles(),
        }
        return "\n".join(
            line for title, lines in sections.items() for line in (f"# {title}", *lines, "")
        )


@contextmanager
def _application() -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The routes, the listeners and the kinds of jobs of an application that serves no requests."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        repo = sample_repo(folder / "munki_repo")
        database = stack.enter_context(closing(Database(f"sqlite:///{folder}/none.sqlite3")))
        with _recorded() as listeners:
            flask, _ = product.web_application(repo, database)
        routes = [
            f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}"
            for rule in flask.url_map.iter_rules()
        ]
        yield sorted(routes), sorted(set(listeners)), sorted(product.job_kinds(repo, database))


@contextmanager
def _recorded() -> Iterator[list[str]]:
    """Collects the constraints of the listeners that are added to a Bolt app meanwhile."""
    found: list[str] = []
    with ExitStack() as stack:
        for kind in LISTENERS:
            stack.enter_context(patch.object(App, kind, _recorder(kind, found)))
        yield found


def _recorder(kind: str, found: list[str]) -> Any:
    original = getattr(App, kind)

    def record(self: App, constraints: Any, *others: Any, **named: Any) -> Any:
        shown = constraints.pattern if isinstance(constraints, re.Pattern) else constraints
        found.append(f"{kind} {shown}")
        return original(self, constraints, *others, **named)

    return record


def _commands(command: click.Command, path: str) -> Iterator[str]:
    """A command with its parameters, and those below it."""
    parameters = [_parameter(each) for each in command.params]
    yield " ".join([path, *parameters])
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, f"{path} {name}")


def _parameter(parameter: click.Parameter) -> str:
    kind = parameter.type
    values = "|".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else kind.name
    flag = isinstance(parameter, click.Option) and parameter.is_flag
    name = "/".join(parameter.opts) if isinstance(parameter, click.Option) else parameter.name
    shown = str(name) if flag else f"{name}={values}"
    return shown if parameter.required else f"[{shown}]"


def _settings() -> list[str]:
    """Each variable, what it takes and its default, and which processes read it."""
    found: dict[str, set[str]] = {}
    for process, kind in product.SETTINGS.items():
        schema = kind.model_json_schema()
        needed = schema.get("required", ())
        for name, about in schema["properties"].items():
            told = {key: about[key] for key in sorted(about) if key not in ("title", "description")}
            line = f"{name} {'required ' if name in needed else ''}{told}"
            found.setdefault(line, set()).add(process)
    return sorted(f"{line} ({', '.join(sorted(by))})" for line, by in found.items())


@cache
def _sources() -> Sequence[tuple[str, Sequence[ast.Call], str]]:
    """Every module of the product: its dotted name, the calls in it that may matter, its text."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted, text = path.relative_to(ROOT).with_suffix("").parts, path.read_text()
            nodes = ast.walk(ast.parse(text)) if _CALLS.search(text) else ()
            calls = [node for node in nodes if isinstance(node, ast.Call)]
            found.append((".".join(dotted).removesuffix(".__init__"), calls, text))
    return found


def _events() -> list[str]:
    """Each event that is logged, at its level, with the names of its fields."""
    return sorted({event for _, calls, _ in _sources() for event in _logged(calls)})


def _logged(calls: Sequence[ast.Call]) -> Iterator[str]:
    for call in calls:
        level = _level(call.func)
        event = level and _event(call.args[1:] if level == REPEATED else call.args)
        if event:
            fields = sorted(each.arg or "**" for each in call.keywords)
            yield f"{level} {event!r} {' '.join(fields)}".rstrip()


def _level(function: ast.expr) -> str | None:
    """The level of a call that logs: of a logger, of a `level` that is chosen, of `say`."""
    match function:
        case ast.Attribute(
            value=ast.Name(id="log" | "logger") | ast.Attribute(attr="_log"), attr=attr
        ):
            return attr if attr in LEVELS else None
        case ast.Attribute(value=ast.Attribute(), attr="say"):
            return REPEATED
        case ast.Name(id="level") | ast.IfExp():
            return "any"
    return None


def _event(arguments: Sequence[ast.expr]) -> str | None:
    """The text that the first argument is, if it is one."""
    return _text(arguments[0], {}) if arguments else None


def _text(node: ast.expr, names: Mapping[str, Any]) -> str | None:
    """The text that an expression is in a module of these names, with {} for what varies."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(each, names) or "{}" for each in values)
        case ast.Name(id=name):
            value = names.get(name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            value = getattr(names.get(owner), name, None)
        case _:
            value = None
    return value if isinstance(value, str) else None


def _blocks() -> list[str]:
    """The ids of blocks and windows, as the modules that make them say it."""
    found = set()
    for name, calls, _ in _sources():
        keywords = (each for call in calls for each in call.keywords)
        given = [each for each in keywords if each.arg in ("block_id", "callback_id")]
        names = vars(import_module(name)) if given else {}
        for each in given:
            if text := _text(each.value, names):
                found.add(f"{each.arg} {text}")
    return sorted(found)


def _locks() -> list[str]:
    """The names of PostgreSQL's locks that are not of a row or a table."""
    return sorted({name for _, _, text in _sources() for name in _LOCK.findall(text)})


def _words() -> list[str]:
    return [f"{column} {' '.join(sorted(words))}" for column, words in product.WORDS.items()]


def _tables() -> Iterator[str]:
    for name, table in sorted(product.TABLES.tables.items()):
        for column in sorted(table.columns, key=lambda each: each.name):
            null = "" if column.nullable else " NOT NULL"
            yield f"{name}.{column.name} {column.type!r}{null}"
        yield from sorted(f"{name} index {each.name}" for each in table.indexes)


def _services() -> Iterator[str]:
    for file in ("compose.yaml", "compose.scale.yaml", "compose.tls.yaml"):
        for name, service in services(file).items():
            yield " ".join(["service", name, *service.get("command", []), f"({file})"])
        yield from (f"volume {name}" for name in compose_file(file)["volumes"])


def _roles() -> list[str]:
    """The processes that boot.sh starts without an argument."""
    return sorted(f"starts {role}" for role in _ROLE.findall((ROOT / "boot.sh").read_text()))


if __name__ == "__main__":
    SNAPSHOT.write_text(rendered())
