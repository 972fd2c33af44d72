"""The sites and builds that a template is checked for: all of few, some of many."""

from pathlib import Path

import pytest

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.check import findings
from provisioning.clients.templates.places import Places
from provisioning.clients.templates.servings import MAX_CHECKED, Servings
from provisioning.munki import Destination, MunkiRepo
from tests.support.inputs.samples import add_places
from tests.support.soaking import soak_only

MANY = Places(
    (*(f"site{number}" for number in range(1000)), "King's Cross", "東京"),
    (*(f"build{number}" for number in range(1000)), "R&D"),
)
TEMPLATES = ("base.sh", "builds/build1.sh", "sites/site1.sh", "sites/site2/build2.sh")


def served(
    name: str, text: str = "", *, places: Places = MANY, present: tuple[str, ...] = TEMPLATES
) -> list[Destination]:
    return Servings(places, ".sh", present).of(name, {name: text})


def test_of_few_sites_and_builds_each_pair_is_checked() -> None:
    few = Places(("a", "b"), ("x", "y"))

    assert served("base.sh", places=few, present=("base.sh", "sites/a/x.sh")) == [
        WHERE_REGISTERED,
        Destination("a", "y"),
        Destination("b", "x"),
        Destination("b", "y"),
    ]


def test_of_many_there_is_one_of_each_shape_of_a_name() -> None:
    pairs = served("base.sh")

    assert pairs[0] == WHERE_REGISTERED
    assert {pair.site for pair in pairs[1:]} == {"site0", "King's Cross", "東京"}
    assert {pair.build for pair in pairs[1:]} == {"build0", "R&D"}
    assert len(pairs) == 1 + 3 * 2


def test_of_many_only_those_that_the_template_serves_are_checked() -> None:
    assert {pair.build for pair in served("builds/build1.sh")} == {"build1"}
    assert {pair.site for pair in served("sites/site1.sh")} == {"site1"}
    assert served("sites/site2/build2.sh") == [Destination("site2", "build2")]
    assert served("sites/gone.sh") == []


def test_a_template_for_one_pair_hides_no_shape_of_the_base() -> None:
    present = (*TEMPLATES, "sites/site0/build0.sh")

    assert Destination("site2", "build2") not in served("base.sh", present=present)
    assert Destination("site3", "build3") in served("base.sh", present=present)


def test_names_that_stand_in_a_template_are_checked_too() -> None:
    text = """{% if site == 'site77' and build in ["build5", 'build6'] %}site5{% endif %}"""
    pairs = served("base.sh", text)

    assert Destination("site77", "build5") in pairs
    assert Destination("site77", "build6") in pairs
    assert not [pair for pair in pairs if pair.site == "site5"]


def test_a_template_that_names_very_many_is_checked_for_some() -> None:
    text = "".join(f"{{% if site == 'site{number}' %}}{{% endif %}}" for number in range(1000))

    assert len(served("base.sh", text)) == 1 + MAX_CHECKED


@soak_only("the same choice from some hundred names is below; only its time is seen here")
def test_a_million_pairs_of_sites_and_builds_are_not_all_tried(
    repo: MunkiRepo, repo_folder: Path, tmp_path: Path
) -> None:
    """It would take an hour, and much more than the test's budget."""
    add_places(repo_folder, 1000)
    for name in ("base", "sites/site 7", "builds/build 7", "sites/site 9/build 9"):
        path = tmp_path / "templates" / f"{name}.sh.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{% extends "shipped/base.sh.j2" %}')

    assert findings(repo, tmp_path / "templates") == []


@pytest.mark.parametrize("name", ["rome", "King's Cross"])
def test_a_fault_for_one_name_is_found_in_a_large_repo(
    repo: MunkiRepo, repo_folder: Path, tmp_path: Path, name: str
) -> None:
    add_places(repo_folder, 100)
    (repo_folder / "manifests/included_manifests/sites" / name).touch()
    template = "#!/bin/sh\n{% if site == '{name}' %}{= oops =}{% endif %}\n"
    if name != "rome":
        template = """#!/bin/sh\n{% if "'" in site %}{= oops =}{% endif %}\n"""
    (tmp_path / "base.sh.j2").write_text(template.replace("{name}", name))

    [finding] = findings(repo, tmp_path)

    assert str(finding).startswith("base.sh.j2, line 2: 'oops' is undefined")
