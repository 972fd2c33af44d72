"""The layout of the Munki repo in the policy file, and every fault of it with its line."""

import pytest

from provisioning.munki.layout import (
    DEFAULT,
    FolderForm,
    Kind,
    Layout,
    MatchForm,
    NamesForm,
    PrefixForm,
)
from provisioning.policy import Policy, UnusablePolicy
from provisioning.policy.loading import parse

DEFAULTS = """\
[munki]
root = ""
always = ["site_default"]
macs = ""
sites = { folder = "included_manifests/sites" }
builds = { folder = "included_manifests/builds" }
order = ["always", "site", "build"]
manifest = { managed_installs = [], managed_uninstalls = [] }
"""


def policy(text: str) -> Policy:
    return parse(text.encode(), "rollcall.toml")


def faults(text: str) -> list[str]:
    with pytest.raises(UnusablePolicy) as caught:
        policy(text)
    return [problem.removeprefix("rollcall.toml, ") for problem in caught.value.problems]


def test_a_table_with_the_defaults_means_the_same_as_no_table() -> None:
    assert policy(DEFAULTS).munki == policy("").munki == Policy.open().munki
    assert policy(DEFAULTS).munki.layout.digest == DEFAULT.digest


@pytest.mark.parametrize(
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
            Layout(order=(Kind.SITE, Kind.BUILD, Kind.ALWAYS)),
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


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "sites = false\nbuilds = false",
            (
                "line 3: munki.builds is false; munki.sites is false too;"
                " one of them says where a Mac goes"
            ),
        ),
        ("sights = false", "line 2: munki.sights is not a key of the policy; did you mean sites?"),
        (
            'sites = {folder = "a", prefix = "b"}',
            ("line 2: munki.sites is a table; it has folder and prefix: keep one of them"),
        ),
        (
            "sites = {}",
            (
                "line 2: munki.sites is a table; it says no form: write one of folder, prefix,"
                " names and match"
            ),
        ),
        (
            "sites = 7",
            (
                "line 2: munki.sites is 7; write a folder, a table with one of folder, prefix,"
                " names and match, or false"
            ),
        ),
        (
            'builds = {folder = "a", include = false}',
            (
                "line 2: munki.builds.include is not a key of"
                " the policy; there are folder, match, names, prefix"
            ),
        ),
        (
            'sites = {folder = "a", include = 1}',
            ("line 2: munki.sites.include is 1; write true or false"),
        ),
        (
            'sites = {folder = "../a"}',
            (
                'line 2: munki.sites.folder is "../a"; write a path below'
                " manifests, without dots at the beginning of its parts"
            ),
        ),
        (
            'sites = {prefix = ""}',
            ('line 2: munki.sites.prefix is ""; write how the names begin, such as "site_"'),
        ),
        (
            'builds = {prefix = "a/"}',
            (
                'line 2: munki.builds.prefix is "a/"; a prefix is for manifests'
                ' at the root: write match = "a/*"'
            ),
        ),
        (
            'builds = {match = "a/*/*"}',
            ('line 2: munki.builds.match is "a/*/*"; write one *, which is the name'),
        ),
        (
            'builds = {match = "{room}/*"}',
            ('line 2: munki.builds.match is "{room}/*"; the only word in braces is {site}'),
        ),
        (
            'sites = {match = "{site}/*"}',
            ('line 2: munki.sites.match is "{site}/*"; {site} is for builds; take it out'),
        ),
        (
            'builds = {match = "{site}/*/"}',
            ('line 2: munki.builds.match is "{site}/*/"; a build is no folder: go on behind the /'),
        ),
        (
            'builds = {match = "{site}*"}',
            (
                'line 2: munki.builds.match is "{site}*"; put something'
                " between {site} and *, which tells them apart"
            ),
        ),
        (
            'sites = {match = "*/"}',
            ('line 2: munki.sites.match is "*/"; a folder is no manifest: add include = false'),
        ),
        (
            'sites = false\nbuilds = {match = "{site}/*"}',
            (
                'line 3: munki.builds.match is "{site}/*";'
                " munki.sites is false, so nothing stands for {site}"
            ),
        ),
        (
            'sites = "a"\nbuilds = "a"',
            ('line 3: munki.builds is "a"; munki.sites is the same; nothing would tell them apart'),
        ),
        (
            "sites = {names = []}",
            (
                "line 2: munki.sites.names is []; write a list of paths, or a table"
                " of names, each with its path"
            ),
        ),
        (
            'sites = {names = ["Lab", "lab"]}',
            ('line 2: munki.sites.names is ["Lab", "lab"]; "Lab" and "lab" are one name; keep one'),
        ),
        (
            'sites = {names = ["x"]}\nbuilds = {names = ["x"]}',
            (
                'line 3: munki.builds.names is ["x"];'
                ' "x" is in munki.sites already; keep it in one of them'
            ),
        ),
        (
            'builds = {names = ["site_default"]}',
            (
                'line 2: munki.builds.names is ["site_default"];'
                ' "site_default" is in munki.always already; keep it in one of them'
            ),
        ),
        (
            'order = ["site"]',
            (
                'line 2: munki.order is ["site"]; write each of "always", "site" and'
                ' "build" once, as a list'
            ),
        ),
        (
            'macs = "sites"\nsites = "sites/all"',
            (
                'line 2: munki.macs is "sites"; munki.sites lies'
                " there; Macs need a folder of their own"
            ),
        ),
        (
            "manifest = {x = [1.5]}",
            (
                "line 2: munki.manifest.x is [1.5]; write a text, a whole number,"
                " true or false, an array or a table"
            ),
        ),
        (
            'manifest = {catalogs = ["testing"]}',
            (
                'line 2: munki.manifest.catalogs is ["testing"]; the'
                " catalogs of new manifests are catalogs in [builds.NAME]"
            ),
        ),
        (
            'manifest = {conditional_items = [{included_manifests = ["x"]}]}',
            (
                "line 2:"
                ' munki.manifest.conditional_items is [{"included_manifests": ["x"]}]; what every'
                " Mac includes is munki.always"
            ),
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_line(written: str, told: str) -> None:
    assert faults(f"[munki]\n{written}\n") == [told]


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
