"""The generator of docs/reference: `python -m tools.reference` writes the pages again.

Each page has sentences of its own, and between two marks a chapter that comes from the code. Only
that chapter is replaced. A test fails where a page is not as the code is.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from flask import Flask
from jinja2 import Environment, meta
from pydantic import BaseModel
from werkzeug.routing import Rule

from bot.commands.help import USAGE
from infrastructure.database.engine import Database
from provisioning.imports.parsing.vocabulary.words import ABOUT, listed
from provisioning.policy import BuildTable, Policy, SignIn, SiteTable, munki_table
from rollcall import secret_files
from rollcall.__main__ import rollcall
from rollcall.application import Application
from rollcall.cli import COMMANDS
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    LiveSettings,
    RelaySettings,
    ServerSettings,
    Settings,
)
from tests.support.running.settings import bot_settings, server_settings

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs/reference"
BEGIN = "<!-- From the code, by `python -m tools.reference`: do not edit by hand. -->"
END = "<!-- The end of what comes from the code. -->"

READERS: dict[str, type[Settings]] = {
    "server": ServerSettings,
    "bot": BotSettings,
    "relay": RelaySettings,
    "jobs": JobsSettings,
    "live": LiveSettings,
}
TEMPLATES = ROOT / "templates"
REPLACEABLE = (
    "imagr",
    "installapplications",
    "scripts",
)  # its folders of which ROLLCALL_TEMPLATES has others


def settings() -> Iterator[str]:
    """Yield a table of the environment variables, from the pydantic models of the settings."""
    yield from ("| variable | default | read by | what it is |", "|---|---|---|---|")
    described = {
        field.alias: field
        for model in READERS.values()
        for field in model.model_fields.values()
        if field.alias
    }
    for name, field in sorted(described.items()):
        readers = [each for each, model in READERS.items() if name in _required_by_name(model)]
        needed = [each for each in readers if _required_by_name(READERS[each])[name]]
        usual = "" if field.is_required() or field.default in (None, {}) else f"`{field.default}`"
        default = f"needed by {', '.join(needed)}" if needed else usual
        yield _row(f"`{name}`", default, ", ".join(readers), field.description or "")
    in_files = ", ".join(f"`{name}`" for name in sorted(secret_files.NAMES | secret_files.PATTERNS))
    yield from ("", f"Of these, {in_files} can stand in files.")


def _required_by_name(model: type[Settings]) -> dict[str, bool]:
    return {field.alias or "": field.is_required() for field in model.model_fields.values()}


def commands() -> Iterator[str]:
    """Yield a table of what can be typed in Slack, from what `/mac help` answers."""
    yield from ("| typed | what happens |", "|---|---|", "| `/mac` | opens a form |")
    for form, meaning in USAGE:
        yield _row(f"`/mac {form}`", meaning)


def routes() -> Iterator[str]:
    """Yield a chapter for each route, from Flask's map and the docstrings of its functions."""
    with closing(Database("sqlite:///never-opened.sqlite3")) as database:
        app = application(database)
        by_function: dict[str, list[Rule]] = {}
        for rule in app.url_map.iter_rules():
            by_function.setdefault(rule.endpoint, []).append(rule)
        for endpoint, rules in sorted(by_function.items(), key=lambda each: each[1][0].rule):
            calls = ", ".join(_call(rule) for rule in rules)
            yield from (f"### {calls}", "", *_paragraphs(app.view_functions[endpoint].__doc__), "")


def application(database: Database) -> Flask:
    """Return the HTTP application with all routes, Slack's too. Opens nothing."""
    of_bot = bot_settings(ROOT, "http://127.0.0.1/", "xoxb-1", "secret")
    with_a_board = server_settings(ROOT, ROLLCALL_URL="https://rollcall.example.com")
    return Application(with_a_board, of_bot, database=database).web_app()


def _call(rule: Rule) -> str:
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return f"`{' or '.join(methods)} {rule.rule}`"


def api() -> Iterator[str]:
    """Yield a chapter for each route of the API, and for each model, from its document."""
    with closing(Database("sqlite:///never-opened.sqlite3")) as database:
        document = application(database).test_client().get("/api/v1/openapi.json").json or {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from (f"### `{method.upper()} {path}`", "")
            yield from (operation["summary"], "", operation["description"], "")
            yield from _sent(operation)
            yield from ("| status | |", "|---|---|")
            for status, response in operation["responses"].items():
                yield _row(status, _words_of(response))
            yield ""
    yield from ("## Models", "")
    for name, model in document["components"]["schemas"].items():
        yield from (f"### {name}", "", *_paragraphs(model.get("description")), "")
        yield from ("| field | type | |", "|---|---|---|")
        needed = model.get("required", ())
        for field, described in model.get("properties", {}).items():
            yield _row(f"`{field}`", _type(described), "" if field in needed else "optional")
        yield ""


def _sent(operation: dict[str, Any]) -> Iterator[str]:
    """Yield what a call of an operation takes: its headers, its query, and its body."""
    by_place: dict[str, list[dict[str, Any]]] = {}
    for parameter in operation["parameters"]:
        by_place.setdefault(parameter["in"], []).append(parameter)
    if headers := by_place.get("header"):
        yield from (f"Headers: {_codes(each['name'] for each in headers)}.", "")
    for kind, sent in operation.get("requestBody", {}).get("content", {}).items():
        is_model = "$ref" in sent["schema"]
        yield from (f"Body: {_type(sent['schema']) if is_model else f'a file, as `{kind}`'}.", "")
    if query := by_place.get("query"):
        yield from ("| query | type | | |", "|---|---|---|---|")
        for each in query:
            needed = "" if each["required"] else "optional"
            yield _row(f"`{each['name']}`", _type(each["schema"]), needed, each["description"])
        yield ""


def _words_of(response: dict[str, Any]) -> str:
    content = response.get("content", {}).get("application/json")
    words = str(response["description"])
    return f"{words}: {_type(content['schema'])}" if content else words


def _type(schema: dict[str, Any]) -> str:
    """The words for a type of JSON Schema, with links to models."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        return ", ".join(f'`"{each}"`' for each in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def command_line() -> Iterator[str]:
    """Yield a chapter for each command of `boot.sh`, from click."""
    context = click.Context(rollcall, info_name="boot.sh")
    for name in COMMANDS:
        command = rollcall.get_command(context, name)
        if command is not None:
            yield from _command(command, click.Context(command, context, info_name=name))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from (f"## `{context.command_path}`", "")
    if isinstance(command, click.Group):
        yield from (*_paragraphs(command.help), "")
        for name, part in command.commands.items():
            yield from _command(part, click.Context(part, context, info_name=name))
        return
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("```text", usage.replace("[OPTIONS] ", "").removesuffix(" [OPTIONS]"), "```", "")
    yield from (*_paragraphs(command.help), "")
    options = [each for each in command.params if isinstance(each, click.Option)]
    records = [record for each in options if (record := each.get_help_record(context))]
    if records:
        yield from ("| option | what it does |", "|---|---|")
        yield from (_row(f"`{option}`", text) for option, text in records)
        yield ""


def policy() -> Iterator[str]:
    """Yield a table of how each key of the policy file is written, from its pydantic models."""
    yield from ("| key | how it is written |", "|---|---|")
    for prefix, model in (
        ("", Policy),
        ("sites.NAME.", SiteTable),
        ("builds.NAME.", BuildTable),
        ("sign_in.NAME.", SignIn),
    ):
        yield from _keys(prefix, model)
    yield from (_row(f"`munki.{key}`", how) for key, how in munki_table.KEYS.items())
    yield from (_row(f"`munki.sites.{form}`", how) for form, how in munki_table.FORMS.items())
    yield _row("`munki.sites.include`", munki_table.INCLUDE)


def _keys(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield _row(f"`{prefix}{name}`", field.description or "")


def templates() -> Iterator[str]:
    """Yield a table of the templates that can be replaced: their blocks, the values in them."""
    yield from ("| template | blocks | values |", "|---|---|---|")
    # The delimiters of all templates; their filters do not matter here.
    environment = Environment(  # noqa: S701 - nothing is rendered
        variable_start_string="{=",
        variable_end_string="=}",
        comment_start_string="{##",
        comment_end_string="##}",
    )
    environment.filters |= dict.fromkeys(("sh", "json"), str)
    for path in sorted(path for folder in REPLACEABLE for path in (TEMPLATES / folder).iterdir()):
        text = path.read_text()
        values = meta.find_undeclared_variables(environment.parse(text))
        blocks = dict.fromkeys(re.findall(r"{%-? block (\w+)", text))
        yield _row(f"`{path.relative_to(TEMPLATES)}`", _codes(blocks), _codes(sorted(values)))


def lists() -> Iterator[str]:
    """Yield a chapter for each key of the words by which lists are read, by language."""
    for key, about in ABOUT.items():
        yield from (f"### {key}", "", f"{' '.join(about.split())}.", "")
        for language, spellings in listed(key).items():
            yield f"- {language}: {_codes(spellings)}"
        yield ""


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _paragraphs(text: str | None) -> list[str]:
    """Return the lines of a docstring, with no more indentation than its first line has."""
    first, _, rest = (text or "").strip().partition("\n")
    return [first, *(line.strip() for line in rest.splitlines())]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


CHAPTERS: dict[str, Callable[[], Iterator[str]]] = {
    "api.md": api,
    "cli.md": command_line,
    "commands.md": commands,
    "http.md": routes,
    "lists.md": lists,
    "policy.md": policy,
    "settings.md": settings,
    "templates.md": templates,
}


def renewed(name: str) -> str:
    """Return the text of a page with its chapter as the code is now."""
    before, _, rest = (PAGES / name).read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    chapter = "\n".join(CHAPTERS[name]()).strip()
    return f"{before}{BEGIN}\n\n{chapter}\n\n{END}{after}"


def main() -> None:
    """Write all pages."""
    for name in CHAPTERS:
        (PAGES / name).write_text(renewed(name))


if __name__ == "__main__":
    main()
