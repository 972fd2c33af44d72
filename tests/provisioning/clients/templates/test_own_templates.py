"""Script templates of an admin's own, and which of them a Mac gets."""

from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.access.tokens import Tokens
from provisioning.clients.scripts import Scripts, quote
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.munki import Destination
from tests.support.fixtures.repo import LONDON, PARIS
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

URL = "http://mac.lan:5000"
TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))


class Overrides:
    """A folder of an admin's own templates."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, text: str | None = None) -> None:
        path = self._folder / f"{name}.sh.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if text is None else text)

    def script(self, to: Destination = LONDON) -> str:
        return Scripts(URL, TOKENS, self._folder).script_for(to)


@pytest.fixture
def overrides(tmp_path: Path) -> Overrides:
    """An admin's own templates: none yet."""
    return Overrides(tmp_path)


def test_the_most_specific_template_wins(overrides: Overrides) -> None:
    shipped = overrides.script()
    assert "Rollcall" in shipped
    for name in ("base", "sites/london", "builds/design", "sites/london/design"):
        overrides.add(name)
        assert overrides.script() == name


def test_a_template_is_for_its_own_site_and_build_only(overrides: Overrides) -> None:
    for name in ("sites/london", "builds/design", "sites/london/design", "sites/paris/basic"):
        overrides.add(name)

    assert overrides.script(Destination("london", "basic")) == "sites/london"
    assert overrides.script(Destination("new york", "design")) == "builds/design"
    assert overrides.script(Destination("paris", "design")) == "builds/design"
    assert "Rollcall" in overrides.script(PARIS)


def test_the_blanks_before_a_tag_do_not_come_into_the_script(overrides: Overrides) -> None:
    """A here-document ends with its word at the margin."""
    overrides.add("base", "cat <<END\n  {% if site %}\nEND\n  {% endif %}\n")

    assert overrides.script() == "cat <<END\nEND\n"


def test_an_own_template_can_add_to_the_shipped_one(overrides: Overrides) -> None:
    overrides.add(
        "sites/london",
        "{% extends 'base.sh.j2' %}\n"
        "{% block after %}\n"
        "echo {= site|sh =} {{computer_name}} ${#serial} << [[ {#\n"
        "{% endblock %}\n",
    )

    script = overrides.script()

    assert "\necho london {{computer_name}} ${#serial} << [[ {#\n" in script
    assert script.startswith("#!/bin/sh\n")


def test_a_name_that_no_template_knows_is_an_error_and_no_gap(overrides: Overrides) -> None:
    overrides.add("base", "echo {= sites|sh =}")
    with pytest.raises(UnusableTemplate, match=r"base\.sh\.j2, line 1: 'sites' is undefined"):
        overrides.script()


@for_each("name", ["🍎" * 63, "x" * 75, "King's Cross", "R&D", "back\\slash", "a..b", "~", "con"])
def test_any_name_of_a_site_can_look_for_its_template(overrides: Overrides, name: str) -> None:
    assert f"\nsite={quote(name)}\n" in overrides.script(Destination(name, name))


def test_a_template_is_found_by_the_name_of_its_site_whatever_that_is(overrides: Overrides) -> None:
    overrides.add("sites/King's Cross {%", "its own")
    assert overrides.script(Destination("King's Cross {%", "x")) == "its own"
