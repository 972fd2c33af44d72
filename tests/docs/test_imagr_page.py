"""The page for Imagr's admins says what is true: its examples work, its sentences are said."""

import re
from pathlib import Path

import pytest

from provisioning.clients.imagr.templates import TEMPLATES, Templates
from provisioning.clients.imagr.workflows import MISSING, UNREGISTERED
from provisioning.munki import MunkiRepo
from tests.fakes.imagr.admin import URL, Admin
from tests.fakes.imagr.validateplist import complaints
from tests.support.installation import ROOT

PAGE = (ROOT / "docs/how-to/clients/imagr.md").read_text()
FLAT = " ".join(PAGE.split())
BUILD, CONFIG = re.findall(r"^```jinja\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def admin(tmp_path: Path, repo: MunkiRepo) -> Admin:
    """An admin who pasted what the page shows."""
    admin = Admin(tmp_path, repo)
    admin.writes("builds/design", BUILD)
    admin.writes("config", CONFIG)
    return admin


def test_the_examples_are_templates_that_work(admin: Admin) -> None:
    config = admin.config()

    assert not admin.made().faulty
    assert not [*complaints(config)]
    assert config["autorun"] == "Registered build"
    kinds = [each["type"] for each in admin.workflow("london / design")["components"]]
    assert kinds == ["partition", "image", "package", "localize", "restart_action", "script"]


def test_the_fault_that_it_shows_is_what_is_told(admin: Admin) -> None:
    admin.writes("builds/design", BUILD.replace(".dmg", ".iso"))

    for fault in admin.made().faulty.values():
        assert f"    {fault}\n" in PAGE


@pytest.mark.parametrize("name", [UNREGISTERED, MISSING])
def test_what_is_on_the_screen_is_what_it_says(admin: Admin, name: str) -> None:
    assert f"*C02XG0FDJGH5: {admin.workflow(name)['description']}*" in FLAT


def test_what_the_question_says_is_what_it_says() -> None:
    script = Templates(URL).script("registered.sh.j2", token="t", unregistered="u")

    for said in re.findall(r"\*rollcall: ([^*…]+?)…?\*", FLAT):
        words = re.escape(said.strip().replace("C02XG0FDJGH5", "$serial"))
        assert re.search(words, script), said


def test_every_shipped_template_is_in_the_table() -> None:
    for path in TEMPLATES.glob("*.plist"):
        assert f"| `{path.name}` |" in PAGE
        blocks = re.findall(r"{% block (\w+) %}", path.read_text())
        assert [block for block in blocks if f"`{block}`" not in PAGE] == []
