"""Templates that extend the shipped ones, and those that extend each other without an end."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.check import findings
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.last_good import UnusableTemplate
from provisioning.munki import MunkiRepo
from tests.support.acting import LONDON
from tests.support.installation import SECRET_KEY

TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))
AFTER = '{%% extends "%s" %%}\n{%% block after %%}\n%s\n{%% endblock %%}\n'


class Overrides:
    """A folder of an admin's own templates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @property
    def scripts(self) -> Scripts:
        return Scripts("http://mac.lan", TOKENS, self.folder)


@pytest.fixture
def overrides(tmp_path: Path) -> Overrides:
    """An admin's own templates: none yet."""
    (tmp_path / "templates").mkdir()
    return Overrides(tmp_path / "templates")


@pytest.mark.parametrize("name", ["base.sh.j2", "shipped/base.sh.j2"])
def test_an_admins_base_extends_the_shipped_script_for_all_macs(
    overrides: Overrides, repo: MunkiRepo, name: str
) -> None:
    overrides.add("base.sh.j2", AFTER % (name, "echo ours"))

    for destination in (LONDON, WHERE_REGISTERED):
        script = overrides.scripts.script_for(destination)
        assert "Rollcall" in script
        assert "\necho ours\n" in script
    assert findings(repo, overrides.folder) == []


def test_blocks_without_an_end_of_line_stand_on_lines_of_their_own(overrides: Overrides) -> None:
    blocks = "{% block before %}echo first{% endblock %}{% block after %}echo last{% endblock %}"
    overrides.add("base.sh.j2", '{% extends "base.sh.j2" %}' + blocks)

    for destination in (LONDON, WHERE_REGISTERED):
        lines = overrides.scripts.script_for(destination).splitlines()
        assert {"echo first", "echo last"} <= set(lines)


def test_what_extends_the_admins_base_has_both(overrides: Overrides, repo: MunkiRepo) -> None:
    overrides.add("base.sh.j2", AFTER % ("base.sh.j2", "echo ours"))
    overrides.add("sites/london.sh.j2", AFTER % ("base.sh.j2", "{= super() =}echo london"))

    assert "\necho ours\necho london\n" in overrides.scripts.script_for(LONDON)
    assert findings(repo, overrides.folder) == []


def test_a_site_may_extend_the_shipped_script_and_not_the_admins(overrides: Overrides) -> None:
    overrides.add("base.sh.j2", "#!/bin/sh\necho ours\n")
    overrides.add("sites/london.sh.j2", AFTER % ("shipped/base.sh.j2", "echo london"))

    script = overrides.scripts.script_for(LONDON)

    assert "Rollcall" in script
    assert "echo ours" not in script


@pytest.mark.parametrize("name", ["base.json", "shipped/base.json"])
def test_the_stages_for_installapplications_extend_the_shipped_ones_too(
    overrides: Overrides, repo: MunkiRepo, name: str
) -> None:
    overrides.add("installapplications/base.json", f'{{% extends "{name}" %}}')
    documents = InstallApplications("http://mac.lan", TOKENS, overrides.scripts, overrides.folder)

    stages = json.loads(documents.document(LONDON).content)

    assert list(stages) == ["setupassistant", "userland"]
    assert findings(repo, overrides.folder) == []


CIRCLES = {
    "two that extend each other": (
        {
            "sites/london.sh.j2": '{% extends "builds/design.sh.j2" %}',
            "builds/design.sh.j2": '{% extends "sites/london.sh.j2" %}',
        },
        "builds/design.sh.j2 and sites/london.sh.j2 extend or include each other",
    ),
    "the base and one that extends it": (
        {
            "base.sh.j2": '#!/bin/sh\n{% include "sites/london.sh.j2" %}',
            "sites/london.sh.j2": '{% extends "base.sh.j2" %}',
        },
        "base.sh.j2 and sites/london.sh.j2 extend or include each other",
    ),
    "a macro that calls itself": (
        {"sites/london.sh.j2": "{% macro x() %}{= x() =}{% endmacro %}{= x() =}"},
        "sites/london.sh.j2 includes or calls itself without an end. Take that line out.",
    ),
    "one that is not shipped": (
        {"sites/london.sh.j2": '{% extends "sites/london.sh.j2" %}'},
        "it names itself, and Rollcall ships none of this name. Have it extend shipped/base.sh.j2.",
    ),
    "brackets": (
        {"sites/london.sh.j2": "#!/bin/sh\n{= " + "(" * 3000 + "1" + ")" * 3000 + " =}\n"},
        "it is nested too deeply",
    ),
}


@pytest.mark.parametrize(("texts", "told"), CIRCLES.values(), ids=CIRCLES)
def test_a_recursion_is_a_finding_with_its_mend(
    overrides: Overrides, repo: MunkiRepo, texts: dict[str, str], told: str
) -> None:
    for name, text in texts.items():
        overrides.add(name, text)

    assert told in " ".join(map(str, findings(repo, overrides.folder)))
    with pytest.raises(UnusableTemplate):
        overrides.scripts.script_for(LONDON)


def test_text_that_begins_like_a_tag_is_a_finding_that_names_the_escape(
    overrides: Overrides, repo: MunkiRepo
) -> None:
    overrides.add("base.sh.j2", "#!/bin/sh\nprintf '{%s}' a\n")

    [finding, *_] = findings(repo, overrides.folder)

    assert str(finding).startswith("base.sh.j2, line 2: Encountered unknown tag 's'.")
    assert "write {% raw %}{%{% endraw %}" in finding.fix

    overrides.add("base.sh.j2", "#!/bin/sh\nprintf '{% raw %}{%{% endraw %}s}' a\n")
    assert findings(repo, overrides.folder) == []
    assert overrides.scripts.script_for(LONDON) == "#!/bin/sh\nprintf '{%s}' a\n"
