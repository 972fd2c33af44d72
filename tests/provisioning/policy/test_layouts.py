"""The layout of the Munki repo in the policy file, and every fault of it with its line."""

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
"""

# The ends of the sentences about a folder and about a path.
PARTS = ", with / between its parts, none of which begins with a dot"
GROUPS = f', such as "groups"{PARTS}'
A_PATH = f'write a path below manifests, such as "groups/lab"{PARTS}'

IN_PLISTS = "a property list has no control characters, and no numbers of more than 64 bits"


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


@for_each(
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
            f'line 2: munki.sites.folder is "../a"; write a folder below manifests{GROUPS}',
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
            'line 2: munki.sites.names has "lab"; "Lab" and "lab" are one name; keep one',
        ),
        (
            'sites = {names = ["x"]}\nbuilds = {names = ["x"]}',
            (
                'line 3: munki.builds.names has "x";'
                ' "x" is in munki.sites already; keep it in one of them'
            ),
        ),
        (
            'builds = {names = ["site_default"]}',
            (
                'line 2: munki.builds.names has "site_default";'
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


@for_each(
    ("written", "told"),
    [
        ('sites = ""', f'sites is ""; write a folder below manifests{GROUPS}'),
        ('sites = "/a"', f'sites is "/a"; write a folder below manifests{GROUPS}'),
        ("sites = {folder = 7}", f"sites.folder is 7; write a folder below manifests{GROUPS}"),
        (
            r"sites = {folder = 'a\b'}",
            rf'sites.folder is "a\\b"; write a folder below manifests{GROUPS}',
        ),
        (
            'sites = "included_manifests/builds"',
            (
                'sites is "included_manifests/builds"; munki.builds is the same; '
                "nothing would tell them apart"
            ),
        ),
        (
            "sites = {include = false}",
            "sites is a table; it says no form: write one of folder, prefix, names and match",
        ),
        ("sites = {prefix = 7}", 'sites.prefix is 7; write how the names begin, such as "site_"'),
        ('sites = {prefix = ".a"}', f'sites.prefix is ".a"; {A_PATH}'),
        (
            "sites = {match = 7}",
            'sites.match is 7; write a path with one *, which is the name, such as "lab_*"',
        ),
        ('sites = {match = "../*"}', f'sites.match is "../*"; {A_PATH}'),
        (
            "sites = {names = 7}",
            "sites.names is 7; write a list of paths, or a table of names, each with its path",
        ),
        ('sites = {names = ["a", 7]}', f"sites.names has 7; {A_PATH}"),
        ('sites = {names = ["a", "a"]}', 'sites.names has "a"; "a" and "a" are one name; keep one'),
        (
            'sites = {names = ["\u00e9", "e\u0301"]}',
            'sites.names has "e\u0301"; "\u00e9" and "e\u0301" are one name; keep one',
        ),
        (
            'sites = {names = {"" = "x"}}',
            'sites.names."" is "x"; it has no name; write one before the =',
        ),
        ('sites = {names = {a = "../a"}}', f'sites.names.a is "../a"; {A_PATH}'),
        (
            'sites = {names = {a = "x", b = "X"}}',
            'sites.names.b is "X"; "X" is in munki.sites already; keep it in one of them',
        ),
        (
            'always = "site_default"',
            'always is "site_default"; write a list of paths, such as ["site_default"]',
        ),
        ('always = ["../a"]', f'always has "../a"; {A_PATH}'),
        ('macs = "/"', f'macs is "/"; write a folder below manifests, such as "clients"{PARTS}'),
        (
            'macs = "a/../b"',
            f'macs is "a/../b"; write a folder below manifests, such as "clients"{PARTS}',
        ),
        (
            'macs = "a"\nsites = {names = ["a/b"]}',
            'macs is "a"; munki.sites lies there; Macs need a folder of their own',
        ),
        (
            'root = "/srv"',
            f'root is "/srv"; write a folder below MUNKI_REPO, such as "munki_repo"{PARTS}',
        ),
        (
            'order = ["site", "site", "build"]',
            (
                'order is ["site", "site", "build"]; '
                'write each of "always", "site" and "build" once, as a list'
            ),
        ),
        ("manifest = []", "manifest is []; write a table, such as {managed_installs = []}"),
        (
            "manifest = {at = 2026-01-01}",
            (
                'manifest.at is "2026-01-01"; '
                "write a text, a whole number, true or false, an array or a table"
            ),
        ),
        (
            r'manifest = {note = "\u0001"}',
            rf'manifest.note is "\u0001"; {IN_PLISTS}',
        ),
        (
            f"manifest = {{n = {2**64}}}",
            f"manifest.n is {2**64}; {IN_PLISTS}",
        ),
    ],
)
def test_a_value_of_a_wrong_form_is_one_sentence(written: str, told: str) -> None:
    assert faults(f"[munki]\n{written}\n") == [f"line 2: munki.{told}"]


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
