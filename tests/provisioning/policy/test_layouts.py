"""The layout of the Munki repo in the policy file, and every fault of it with its line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.munki.layout import (
    DEFAULT,
    FolderForm,
    Layout,
    ManifestKind,
    MatchForm,
    NamesForm,
    PrefixForm,
)
from provisioning.policy import Policy, UnusablePolicy
from provisioning.policy.loading import parse
from tests.support.tables import for_each

DEFAULTS = """\
[munki]
root = ""
always = ["site_default"]
macs = ""
sites = { folder = "included_manifests/sites" }
builds = { folder = "included_manifests/builds" }
order = ["always", "site", "build"]
manifest = { managed_installs = [], managed_uninstalls = [] }
catalogs = ["production"]
"""

FAULTS = Path(__file__).with_name("layout_faults.txt")


def policy(text: str) -> Policy:
    return parse(text.encode(), "rollcall.toml")


def faults(text: str) -> list[str]:
    with pytest.raises(UnusablePolicy) as caught:
        policy(text)
    return [problem.removeprefix("rollcall.toml, ") for problem in caught.value.problems]


def test_a_table_with_the_defaults_means_the_same_as_no_table() -> None:
    assert policy(DEFAULTS).munki == policy("").munki == Policy.open().munki
    assert policy(DEFAULTS).munki.layout.digest == DEFAULT.digest


@for_each(
    ("written", "layout"),
    [
        ('sites = "groups/"', Layout(sites=FolderForm("groups"))),
        ('sites = {prefix = "site_"}', Layout(sites=PrefixForm("site_"))),
        ("builds = false", Layout(builds=None)),
        (
            'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/*"}',
            Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False),
        ),
        (
            'sites = {match = "production/*", include = false}\nbuilds = {match = "*/{site}"}',
            Layout(
                sites=MatchForm("production/*"), builds=MatchForm("*/{site}"), includes_site=False
            ),
        ),
        ('builds = {names = ["a", "x/b"]}', Layout(builds=NamesForm((("a", "a"), ("x/b", "x/b"))))),
        ('builds = {names = {A = "x/b"}}', Layout(builds=NamesForm((("A", "x/b"),)))),
        ("always = []", Layout(always=())),
        ('macs = "clients/"', Layout(macs="clients")),
        (
            'order = ["site", "build", "always"]',
            Layout(order=(ManifestKind.SITE, ManifestKind.BUILD, ManifestKind.ALWAYS)),
        ),
        ('manifest = {note = "x", n = 3}', Layout(new_manifest={"note": "x", "n": 3})),
    ],
)
def test_a_layout_is_what_the_table_says(written: str, layout: Layout) -> None:
    found = policy(f"[munki]\n{written}\n").munki.layout

    assert found == layout
    assert found.digest != DEFAULT.digest


def test_a_repo_may_lie_below_the_place() -> None:
    assert policy('[munki]\nroot = "munki_repo/"\n').munki.root == "munki_repo"


def told_of_faults() -> Iterator[tuple[str, str]]:
    """Tables of the policy with a fault, and the sentence that tells each."""
    for case in FAULTS.read_text().rstrip().split("\n\n"):
        written, told = case.split("\n→ ")
        yield written, told


@for_each(("written", "told"), told_of_faults())
def test_a_fault_is_one_sentence_with_its_line(written: str, told: str) -> None:
    assert faults(f"[munki]\n{written}\n") == [told]


def test_names_that_differ_in_their_accents_bytes_are_one_name() -> None:
    assert faults('[munki]\nsites = {names = ["\u00e9", "e\u0301"]}\n') == [
        'line 2: munki.sites.names has "e\u0301"; "\u00e9" and "e\u0301" are one name; keep one'
    ]


@for_each(
    ("text", "line", "key"),
    [
        ('[munki]\nsites = {prefix = ""}', 2, "sites.prefix"),
        ('[munki]\nsites.prefix = ""', 2, "sites.prefix"),
        ('munki.sites.prefix = ""', 1, "sites.prefix"),
        ('[munki]\nroot = "a"\n[munki.sites]\nprefix = ""', 4, "sites.prefix"),
        ('[munki.sites]\ninclude = 1\nfolder = "a"', 2, "sites.include"),
        ('[munki.sites]\nfolder = "a"\nfolders = "b"', 3, "sites.folders"),
        ('[munki.sites]\nfolder = "a"\nprefix = "b"', 1, "sites"),
        ('[munki.sites]\n\nmatch = "*/"', 3, "sites.match"),
        ('[munki.builds]\nfolder = "a"\ninclude = false', 3, "builds.include"),
        ('[munki.sites.names]\nLab = "a"\nlab = "b"', 3, "sites.names.lab"),
        ('[munki.sites.names]\nLab = "a"\nhall = "../b"', 3, "sites.names.hall"),
        ('[munki.builds.names]\nLab = "a"\nhall = "site_default"', 3, "builds.names.hall"),
        ('[munki.sites]\nnames = [\n"a",\n"../b",\n]', 2, "sites.names"),
        ('[munki.manifest]\nnote = "x"\nn = 1.5', 3, "manifest.n"),
        ("munki = 7", 1, ""),
        ("[[munki]]\nroot = 7", 1, ""),
    ],
)
def test_the_line_is_that_of_the_key_however_the_table_is_written(
    text: str, line: int, key: str
) -> None:
    (told,) = faults(text)

    assert told.startswith(f"line {line}: {f'munki.{key}'.rstrip('.')} ")


def test_a_prefix_may_end_in_a_blank() -> None:
    assert policy('[munki]\nsites = {prefix = "Office "}').munki.layout.sites == PrefixForm(
        "Office "
    )


def test_macs_in_a_folder_need_an_identifier() -> None:
    assert faults('client_identifier = false\n[munki]\nmacs = "clients"\n') == [
        (
            "line 1: client_identifier is false; take it out: with munki.macs, Munki finds no Mac's"
            " manifest without it"
        )
    ]


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        '[munki]\nsites = {prefix = ""}\norder = []\nmacs = "./a"\n[sites.x]\ntitle = 7\n'
    )

    assert [fault.split(":")[0] for fault in told] == ["line 2", "line 3", "line 4", "line 6"]
