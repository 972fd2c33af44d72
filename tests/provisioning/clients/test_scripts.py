"""First-boot scripts: what a Mac really runs, whatever the names are that stand in it."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from provisioning.access.tokens import BoundMac, Tokens
from provisioning.clients.scripts import TEMPLATES, Scripts
from provisioning.clients.templates.renderer import Renderer
from provisioning.munki import Destination
from tests.fakes.mac import Mac
from tests.support.fixtures.repo import LONDON, PARIS
from tests.support.inputs import strategies
from tests.support.installation import SECRET_KEY
from tests.support.installing.packages import program
from tests.support.soaking import SOAK, rows_in_soak
from tests.support.tables import for_each

URL = "http://mac.lan:5000"
TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))
MAC = Mac("C02ABC123DEF", URL, username="", password="")
VALUES = ("server", "site", "build", "token")
# On a Mac, sh is a bash unless an admin chose the dash that is there too.
# Not shrunk where it fails: that runs the shell hundreds of times.
quickly = settings(
    max_examples=100 if SOAK else 10, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
SHELLS = pytest.mark.parametrize("shell", [("sh",), ("bash", "--posix")], ids=["sh", "bash"])

URLS = (URL, f"{URL}/$(touch canary)/", "{{{{target_volume}}}}'`touch canary`&amp;lt;", "=}'\\\"")


class Said(Tokens):
    """Issues tokens that are as hostile as the names they are for."""

    def __init__(self) -> None:
        super().__init__(SECRET_KEY, timedelta(hours=1))

    def issue(
        self,
        destination: Destination,
        mac: BoundMac | None = None,  # noqa: ARG002 - as the real one
        window: int | None = None,  # noqa: ARG002
        *,
        allowed_site: str | None = None,  # noqa: ARG002
    ) -> str:
        return f"{destination.build}{{{destination.site}"


SCRIPTS = [Scripts(url, Said()) for url in URLS]


@dataclass(frozen=True)
class Case:
    """A script, and the values that a shell has to find in it."""

    script: str
    values: tuple[str, ...]


def case(to: Destination, which: int = 0) -> Case:
    values = (URLS[which].rstrip("/"), to.site, to.build, Said().issue(to))
    return Case(SCRIPTS[which].script_for(to), values)


cases = st.builds(case, strategies.destinations, st.integers(0, len(URLS) - 1))
many_cases = st.lists(cases, min_size=1, max_size=10)


def run(shell: Sequence[str], script: str) -> bytes:
    """Run a script in an empty folder, which has to stay empty; returns what it says."""
    with TemporaryDirectory() as folder:
        ended = subprocess.run(
            shell, input=script.encode(), cwd=folder, capture_output=True, timeout=20, check=False
        )
        assert (ended.stderr, ended.returncode) == (b"", 0)
        assert list(Path(folder).iterdir()) == []
    return ended.stdout


def values_in(shell: Sequence[str], scripts: Sequence[str]) -> list[tuple[str, ...]]:
    """The values as the shell knows them once it has run the assignments of each script."""
    say = r"printf '%s\0' " + " ".join(f'"${name}"' for name in VALUES) + "\n}"
    assignments = [script.partition("\nfail()")[0] for script in scripts]
    said = run(shell, "\n".join(f"{lines}\n{say}" for lines in assignments)).decode().split("\0")
    return [tuple(said[i : i + 4]) for i in range(0, len(said) - 1, 4)]


@rows_in_soak("Macs run whole scripts in it, and its values are read below", "sh")
@SHELLS
@quickly
@given(drawn=many_cases)
def test_the_shell_parses_a_script_with_any_names_in_it(
    shell: Sequence[str], drawn: list[Case]
) -> None:
    scripts = [one.script for one in drawn]
    run([*shell, "-n"], "\n".join([*scripts, *map(MAC.prepare, scripts)]))


@SHELLS
@quickly
@given(drawn=many_cases)
def test_every_value_arrives_as_it_is_and_nothing_in_it_is_executed(
    shell: Sequence[str], drawn: list[Case]
) -> None:
    """Fetched as it is by most clients, and rewritten by Imagr."""
    scripts = [one.script for one in drawn]
    expected = [one.values for one in drawn]

    assert values_in(shell, [*scripts, *map(MAC.prepare, scripts)]) == expected * 2


@for_each("destination", [LONDON, Destination("", "")])
def test_shellcheck_finds_nothing_in_a_script(destination: Destination) -> None:
    ended = subprocess.run(
        [program("shellcheck"), "-"],
        input=Scripts(URL, TOKENS).script_for(destination),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == ""


@given(cases)
def test_imagr_finds_nothing_to_change_but_the_serial(drawn: Case) -> None:
    filled = drawn.script.replace("'{{serial_number}}'", "'C02ABC123DEF'")

    assert MAC.prepare(drawn.script) == filled
    assert "{{serial_number}}" not in filled


@for_each("name", ["{{{serial_number}}}", "{{{{serial_number}}}}", "{{{{{", "&&lt;"])
def test_braces_and_ampersands_in_any_number_arrive_as_they_are(name: str) -> None:
    drawn = case(Destination(name, name))

    assert values_in(["sh"], [drawn.script, MAC.prepare(drawn.script)]) == [drawn.values] * 2


def test_a_script_carries_a_token_for_its_own_destination_and_no_secret() -> None:
    script = Scripts(URL, TOKENS).script_for(LONDON)
    [(_, _, _, token)] = values_in(["sh"], [script])

    assert TOKENS.verify(token).destination == LONDON
    assert SECRET_KEY not in script


def test_a_script_asks_for_no_user_name_and_no_password() -> None:
    script = Scripts(URL, TOKENS).script_for(LONDON).casefold()

    assert not [word for word in ("password", "--user", "-u ", "basic ") if word in script]


def test_two_destinations_get_two_scripts() -> None:
    scripts = Scripts(URL, TOKENS)

    assert values_in(["sh"], [scripts.script_for(LONDON)])[0][1:3] == ("london", "design")
    assert values_in(["sh"], [scripts.script_for(PARIS)])[0][1:3] == ("paris", "kiosk")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.name)
def test_a_shipped_template_survives_imagr(path: Path) -> None:
    content = path.read_bytes()

    assert content.isascii()
    assert content.endswith(b"\n")
    assert not [spoilt for spoilt in (b"\r", b"&lt;", b"&gt;", b"&amp;") if spoilt in content]


def test_templates_of_one_text_keep_their_own_filters_though_they_are_compiled_once() -> None:
    texts = {"a.txt": "{= 'x' | quoted =} {= site | quoted =}"}
    parentheses, brackets = Renderer({"quoted": "({})".format}), Renderer({"quoted": "[{}]".format})

    assert parentheses.compile("a.txt", texts).render(site="s") == "(x) (s)"
    assert brackets.compile("a.txt", texts).render(site="s") == "[x] [s]"
    assert parentheses.compile("a.txt", {"a.txt": "new"}).render() == "new"
