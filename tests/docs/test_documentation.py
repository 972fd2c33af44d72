"""Completeness of the documentation: settings, commands, routes and messages."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import yaml
from click import Context

from bot.commands.parsing.grammar import VERBS
from infrastructure.database.engine import Database
from infrastructure.heartbeats.files import PARTS
from provisioning.maintenance.tables import Base
from rollcall.__main__ import rollcall
from rollcall.cli import COMMANDS
from rollcall.parts.slack_requests import PATH
from rollcall.webserver.limits import MAX_FILES, Limits, most_connections
from rollcall.wsgi import largest_body
from tests.support.installation import ROOT
from tests.support.tables import for_each
from tools import reference

README = (ROOT / "README.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = (ROOT / "docs/reference/settings.md").read_text()
FIELDS = {
    field.alias: field
    for kind in reference.READERS.values()
    for field in kind.model_fields.values()
    if field.alias
}


FOLDERS = ("infrastructure", "provisioning", "bot", "server", "rollcall", "tools", "tests")


def page(name: str) -> str:
    """A page of the documentation."""
    return (ROOT / "docs" / name).read_text()


def sources() -> Iterator[Path]:
    """The modules of Rollcall."""
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


@for_each("name", sorted(reference.CHAPTERS))
def test_what_comes_from_the_code_is_as_the_code_is(name: str) -> None:
    assert reference.renewed(name) == (reference.PAGES / name).read_text(), (
        "type: .venv/bin/python -m tools.reference"
    )


@for_each("name", FIELDS)
def test_every_setting_is_described_and_in_the_example(name: str) -> None:
    described = re.search(rf"^\| `{name}` \| .* \| (.+) \|$", SETTINGS, re.MULTILINE)
    example = re.search(rf"^#?{name}=(.*)$", EXAMPLE, re.MULTILINE)
    default = FIELDS[name].get_default()

    assert described, "type: .venv/bin/python -m tools.reference"
    assert example, "it lacks a line in .env.example"
    if default not in (None, {}) and not FIELDS[name].is_required():
        assert f"| `{name}` | `{default}` |" in SETTINGS
        assert example[0] == f"#{name}={default}"


def test_every_promise_about_security_names_a_test_that_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page("explanation/security.md"))

    assert len(named) > 20
    assert [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text()] == []


def test_nothing_is_documented_that_cannot_be_set_or_typed() -> None:
    heads = re.findall(r"^- (`[A-Z_]+`[^:]*):", SETTINGS, re.MULTILINE)
    settings = {name for head in heads for name in re.findall(r"`([A-Z_]+)`", head)}
    verbs = set(re.findall(r"^- `/mac ([a-z-]+)", page("reference/commands.md"), re.MULTILINE))

    assert settings
    assert settings <= set(FIELDS)
    assert verbs
    assert verbs <= set(VERBS)


def test_every_table_is_listed_with_how_long_its_rows_stay() -> None:
    chapter = page("how-to/retention.md").split("## How long each table lives")[1]
    cells = re.findall(r"^\| (`[^|]+) \|", chapter, re.MULTILINE)
    listed = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]

    assert sorted(listed) == sorted(Base.metadata.tables)


@for_each("name", sorted(name for name in FIELDS if name.startswith("ROLLCALL_KEEP_")))
def test_what_is_kept_is_said_with_its_days(name: str) -> None:
    assert f"| `{name}` | `{FIELDS[name].default}` |" in page("how-to/retention.md")


@for_each("name", sorted(COMMANDS))
def test_every_command_is_in_the_reference(name: str) -> None:
    command = rollcall.get_command(Context(rollcall), name)

    assert re.search(rf"^## `boot.sh {name}\b", page("reference/cli.md"), re.MULTILINE)
    assert command is not None
    assert command.help


@for_each("part", PARTS)
def test_every_process_is_told_with_what_it_needs(part: str) -> None:
    assert f"| `boot.sh {part}` |" in page("how-to/scaling.md")


@for_each("verb", sorted(filter(None, VERBS)))
def test_everything_that_can_be_typed_in_slack_is_in_the_help(verb: str) -> None:
    assert re.search(rf"^\| `/mac {verb}\b", page("reference/commands.md"), re.MULTILINE)


def test_every_route_says_what_it_is_for() -> None:
    text = page("reference/http.md")
    with closing(Database("sqlite:///never-opened.sqlite3")) as database:
        app = reference.application(database)

    for rule in app.url_map.iter_rules():
        assert re.search(rf"^### .*[A-Z] {re.escape(rule.rule)}`", text, re.MULTILINE), rule.rule
        assert app.view_functions[rule.endpoint].__doc__, rule.endpoint


def test_the_readme_is_one_page_and_links_of_the_top_folder_lead_somewhere() -> None:
    pages = README + (ROOT / "CHANGELOG.md").read_text()
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", pages)

    assert len(README.encode()) <= 6 * 1024
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_each_page_on_a_client_is_in_the_readme_and_its_lines_are_pasted_by_a_test() -> None:
    clients = [path.stem for path in (ROOT / "docs/how-to/clients").glob("*.md")]
    tests = [*(ROOT / "tests/journeys/clients").glob("*.py"), *(ROOT / "tests/docs").glob("*.py")]
    pasting = "".join(path.read_text() for path in tests)

    assert [name for name in clients if f"(docs/how-to/clients/{name}.md)" not in README] == []
    assert [name for name in clients if not re.search(rf'["/]{name}(?:\.md)?"', pasting)] == []


def test_pages_for_developers_name_modules_that_are_there() -> None:
    modules = [*(str(path.relative_to(ROOT)) for path in sources())]
    texts = [*(ROOT / "docs/adr").glob("*.md"), *(ROOT / "docs/explanation").glob("*.md")]
    texts += [ROOT / "docs/contributing.md", ROOT / "README.md"]
    within = "|".join(FOLDERS)

    for path in texts:
        text = path.read_text()
        for named in re.findall(r"`([\w/]+\.py)`", text):
            assert any(f"/{module}".endswith(f"/{named}") for module in modules), (path, named)
        for named in re.findall(rf"`((?:{within})/[\w/.]*)`", text):
            assert (ROOT / named).exists(), (path, named)


def test_messages_name_pages_that_are_there() -> None:
    others = (".env.example", "slack-app.yaml", "slack-app-with-step.yaml", "compose.yaml")

    for path in [*sources(), *(ROOT / name for name in others)]:
        content = path.read_bytes()
        if b"docs/" not in content:  # as in most of 1,900 files
            continue
        for named in re.findall(r"\bdocs/[a-z-]+/[\w/.-]*\.md", content.decode()):
            assert (ROOT / named).exists(), (path, named)


def test_the_slack_app_asks_for_what_the_tutorial_says() -> None:
    app = yaml.safe_load((ROOT / "slack-app.yaml").read_text())

    assert len(app["oauth_config"]["scopes"]["bot"]) == 12
    assert "asks for twelve scopes" in page("tutorial/first-mac.md")
    assert app["features"]["slash_commands"][0]["command"] == FIELDS["SLACK_COMMAND"].default


def test_no_file_that_is_shipped_names_a_package_registry() -> None:
    lock = (ROOT / "Pipfile.lock").read_text()

    assert '"sources": []' in lock
    assert "[[source]]" not in (ROOT / "Pipfile").read_text()


def test_the_limits_of_the_web_server_are_those_that_the_page_says() -> None:
    text, limits = page("how-to/proxies.md"), Limits()

    for seconds in (limits.idle, limits.body, limits.upload, limits.answer):
        assert f"| {seconds:g} seconds |" in text
    for size in {limits.head, *(largest_body(path) for path in ("/", "/report/x", PATH))}:
        assert (f"{size // 1024} KiB" if size < 1024**2 else f"{size // 1024**2} MiB") in text
    assert f"{largest_body('/api/manifests/x') // 1024**2} MiB for a manifest" in text
    assert f"{most_connections(MAX_FILES):,}" in text
