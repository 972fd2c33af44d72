"""Templates where names have a `/`, where builds are of one site, and where there is one kind."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.clients.check import findings
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.places import Places, pairs_with_templates, places
from provisioning.clients.templates.servings import Servings
from provisioning.munki import Destination, MunkiRepo, opened
from provisioning.policy import munki_table
from tests.fakes.imagr.admin import Admin, imaging
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.installation import SECRET_KEY

TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))
# A site whose name is that of another site and of a build.
DOUBTFUL = RepoCase(
    "doubtful",
    'sites = {names = {"uk" = "a", "uk/leeds" = "b"}}\nbuilds = {names = ["leeds", "lab"]}',
    lambda site, build: ["site_default", {"uk": "a", "uk/leeds": "b"}[site], build],
    places=(("uk", "leeds"), ("uk/leeds", "lab")),
)
LEEDS, LAB = Destination("uk/leeds", "leeds"), "lab"


def repo_of(case: RepoCase, folder: Path) -> MunkiRepo:
    """A repo with the layout of its case."""
    layout = munki_table.read(tomllib.loads(case.table))[0].layout
    return opened(str(case.make(folder)), layout=lambda: layout)


@pytest.fixture
def doubtful(tmp_path: Path) -> MunkiRepo:
    """The repo with names that could be two things."""
    return repo_of(DOUBTFUL, tmp_path / "munki")


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / f"{name}.sh.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n# {name}\n")
    return folder


def test_the_file_with_the_name_of_a_whole_site_is_that_sites(
    doubtful: MunkiRepo, tmp_path: Path
) -> None:
    folder = write(tmp_path / "templates", "base", "sites/uk/leeds", "sites/uk/lab")
    scripts = Scripts("http://x", TOKENS, folder, is_site=sites_of(doubtful))

    def chosen(site: str, build: str) -> str:
        return scripts.script_for(Destination(site, build)).split()[-1]

    assert chosen("uk/leeds", "lab") == "sites/uk/leeds"
    assert chosen("uk", "leeds") == "base"
    assert chosen("uk", "lab") == "sites/uk/lab"


def test_a_file_that_could_be_for_a_build_too_is_told_with_what_it_is_for(
    doubtful: MunkiRepo, tmp_path: Path
) -> None:
    folder = write(tmp_path / "templates", "sites/uk/leeds", "sites/uk/lab", "sites/uk/leeds/lab")

    [found] = findings(doubtful, folder)

    assert str(found).startswith(
        "sites/uk/leeds.sh.j2: its name means site uk/leeds and build leeds at site uk; it is used "
        "for the first."
    )


def test_a_file_that_is_for_two_pairs_is_told_and_serves_both() -> None:
    places = Places(("a", "a/b"), ("c", "b/c"))

    found = places.ambiguity("sites/a/b/c.sh.j2", ".sh.j2")

    assert found is not None
    assert "build b/c at site a and build c at site a/b; it is used for all" in found.message
    served = Servings(places, ".sh.j2", ("sites/a/b/c.sh.j2",)).of("sites/a/b/c.sh.j2", {})
    assert served == [Destination("a", "b/c"), Destination("a/b", "c")]


def test_imagr_has_the_same_rule_and_tells_it(doubtful: MunkiRepo, tmp_path: Path) -> None:
    admin = Admin(tmp_path / "templates", doubtful)
    admin.writes("sites/uk/leeds", imaging())

    config = admin.made()

    assert [*config.names] == [Destination("uk/leeds", LAB), LEEDS]
    [stray] = config.strays
    assert "imagr/sites/uk/leeds.plist is faulty: its name: its name means site" in str(stray)


@pytest.mark.parametrize(
    ("case", "file", "served"),
    [
        ("departments alone", "sites/london", [Destination("london", "")]),
        ("roles alone", "builds/design", [Destination("", "design")]),
        ("nested folders", "sites/uk/leeds", 3),
        ("nested folders", "sites/uk/leeds/dev/web", [Destination("uk/leeds", "dev/web")]),
        ("by building and type", "sites/london", 2),
        ("by building and type", "builds/design", 2),
    ],
)
def test_imagr_offers_what_the_layout_has_and_its_template_is_no_stray(
    tmp_path: Path, case: str, file: str, served: list[Destination] | int
) -> None:
    admin = Admin(tmp_path / "templates", repo_of(case_of(case), tmp_path / "munki"))
    admin.writes(file, imaging(url="http://images.lan/a.dmg"))

    config = admin.made()

    assert config.faults == ()
    names = [*config.names]
    assert (names if isinstance(served, list) else len(names)) == served
    assert " / " not in "".join(config.names.values()) or all(to.build and to.site for to in names)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("sites/uk/york", "site 'uk'"),
        ("sites/uk/leeds/dev/games", "build 'dev/games'"),
        ("builds/dev", "build 'dev'"),
    ],
)
def test_imagr_tells_of_files_for_what_there_is_not(tmp_path: Path, file: str, told: str) -> None:
    admin = Admin(tmp_path / "templates", repo_of(case_of("nested folders"), tmp_path / "munki"))
    admin.writes(file, imaging())

    [stray] = admin.made().strays

    assert f"the Munki repo has no {told}; rename" in str(stray)


def test_imagr_offers_nothing_to_the_key_of_a_site_where_there_are_no_sites(tmp_path: Path) -> None:
    admin = Admin(tmp_path / "templates", repo_of(case_of("roles alone"), tmp_path / "munki"))
    admin.writes("base", imaging())

    assert admin.made().names
    assert not admin.made("london").names


def test_builds_of_one_site_are_paired_with_that_site_alone(tmp_path: Path) -> None:
    case = case_of("by building and type")
    everywhere = places(repo_of(case, tmp_path / "munki"))

    pairs = {(to.site, to.build) for to in everywhere.all() if to != WHERE_REGISTERED}

    assert pairs == {*case.places}
    assert everywhere.count == len(case.places)
    found = pairs_with_templates(everywhere, ".sh", ("builds/design.sh",))
    assert [(to.site, to.build) for to in found] == [("leeds", "design"), ("london", "design")]


def test_a_template_of_a_site_below_another_is_of_no_build_of_that() -> None:
    everywhere = Places(("uk", "uk/leeds"), ("design", "leeds"))

    found = [*pairs_with_templates(everywhere, ".sh", ("sites/uk/leeds.sh",))]

    assert found == [Destination("uk/leeds", "design"), Destination("uk/leeds", "leeds")]


def test_a_template_of_a_site_with_the_name_of_a_build_at_another_is_for_that_site() -> None:
    everywhere = Places(("uk", "uk/leeds"), ("leeds", "lab"))

    found = pairs_with_templates(everywhere, ".sh", ("sites/uk/leeds.sh", "sites/uk/lab.sh"))

    assert [(to.site, to.build) for to in found] == [
        ("uk", "lab"),
        ("uk/leeds", "leeds"),
        ("uk/leeds", "lab"),
    ]


OF_SITES = Places(
    tuple(f"s{number}" for number in range(100)),
    ("all", *(f"b{number}" for number in range(100)), "it's"),
    {f"s{number}": ("all", f"b{number}", *(["it's"] * (number == 7))) for number in range(100)},
)


def test_of_many_builds_of_sites_each_shape_is_checked_with_a_site_that_has_it() -> None:
    def served(name: str, text: str = "") -> list[Destination]:
        present = ("base.sh", "builds/all.sh", "sites/s5.sh", "sites/s0/b0.sh")
        return Servings(OF_SITES, ".sh", present).of(name, {name: text})

    assert served("base.sh")[1:] == [Destination("s1", "b1"), Destination("s7", "it's")]
    assert served("builds/all.sh") == [Destination("s0", "all")]
    assert served("sites/s5.sh") == [Destination("s5", "b5")]
    assert served("sites/s0/b0.sh") == [Destination("s0", "b0")]
    named = served("base.sh", "{% if site == 's77' %}{% endif %}")
    assert Destination("s77", "b77") in named


@pytest.mark.parametrize("name", ["departments alone", "roles alone"])
def test_a_fault_is_found_where_there_is_one_kind(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "templates", "base")
    (folder / "base.sh.j2").write_text("#!/bin/sh\n{% if site or build %}{= oops =}{% endif %}\n")

    [found] = findings(repo_of(case_of(name), tmp_path / "munki"), folder)

    assert str(found).startswith("base.sh.j2, line 2: 'oops' is undefined")


@pytest.mark.parametrize("name", ["departments alone", "roles alone", "nested folders"])
def test_the_shipped_templates_are_good_in_each_layout(tmp_path: Path, name: str) -> None:
    assert findings(repo_of(case_of(name), tmp_path / "munki")) == []
