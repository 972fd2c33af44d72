"""A layout that finds nothing in the repo keeps every Mac out, which is told beforehand."""

from infrastructure.findings import Finding
from provisioning.munki.layout import DEFAULT, FolderForm, Layout, MatchForm, NamesForm, PrefixForm
from provisioning.munki.layout.finder.keeping_out import keeps_out, not_offered
from provisioning.munki.layout.index import PlaceIndex
from tests.support.tables import for_each

S, B = "included_manifests/sites", "included_manifests/builds"
WHOLE = ("site_default", f"{S}/", f"{S}/london", f"{B}/", f"{B}/design")
BUILDINGS = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)


def found(layout: Layout, paths: tuple[str, ...]) -> list[Finding]:
    return keeps_out(PlaceIndex(layout, paths), paths.__contains__)


@for_each(
    ("layout", "paths"),
    [
        (DEFAULT, WHOLE),
        (Layout(always=()), WHOLE[1:]),
        (Layout(always=(), sites=None, builds=FolderForm("roles")), ("roles/", "roles/lab")),
        (BUILDINGS, ("site_default", "north/", "north/lab")),
    ],
)
def test_a_layout_that_fits_keeps_nobody_out(layout: Layout, paths: tuple[str, ...]) -> None:
    assert found(layout, paths) == []


def test_what_every_mac_includes_has_to_be_there() -> None:
    (told,) = found(Layout(always=("site_default", "base")), WHOLE)

    assert str(told) == (
        "The repo has no manifest base, which every Mac's is to include. "
        "Make one: manifestutil new-manifest base. Or change always in [munki]."
    )


@for_each(
    ("layout", "paths", "said"),
    [
        (DEFAULT, WHOLE[:1] + WHOLE[3:], "The repo has no site: nothing is there for sites = {fol"),
        (DEFAULT, WHOLE[:3], "The repo has no build: nothing is there for builds = {folder ="),
        (
            Layout(sites=None, builds=PrefixForm("role_")),
            WHOLE,
            'The repo has no build: nothing is there for builds = {prefix = "role_"}. Make the fir',
        ),
    ],
)
def test_a_kind_that_nothing_is_offered_of_is_told(
    layout: Layout, paths: tuple[str, ...], said: str
) -> None:
    (told,) = found(layout, paths)

    assert str(told).startswith(said)


def test_of_a_list_of_which_nothing_is_there_the_first_is_to_be_made() -> None:
    (told,) = found(Layout(sites=None, builds=NamesForm((("lab", "groups/lab"),))), WHOLE)

    assert "Make the first one, such as groups/lab." in str(told)


def test_a_folder_of_a_site_without_builds_is_neither() -> None:
    kinds = [finding.kind for finding in found(BUILDINGS, ("site_default", "north/"))]

    assert kinds == ["no site", "no build"]


@for_each(
    ("layout", "path", "told"),
    [
        (DEFAULT, f"{S}/{'x' * 76}", "a site: Slack shows 75 characters of a name at the most. Sh"),
        (DEFAULT, f"{B}/Thumbs.db", "a build: its name is not that of a manifest. Remove it, or "),
        (DEFAULT, f"{B}/lab ", "a build: its name has characters that cannot be seen. Rename it."),
        (
            Layout(sites=MatchForm("a*"), builds=MatchForm("*b")),
            "a-b",
            "a site: it is a site as well as a build, by [munki]. Let one of the two forms say ",
        ),
    ],
)
def test_what_is_hidden_is_told_with_its_fix(layout: Layout, path: str, told: str) -> None:
    (finding,) = not_offered(PlaceIndex(layout, (*WHOLE, path)))

    assert str(finding).startswith(f"{path} is not offered as {told}")


@for_each(
    "name",
    [
        *("london.sync-conflict-20261128-101112-ABCDEF", "london_BASE_4711", "london.rej", "a.csv"),
        *("~$london", "@eaDir/london@SynoEAStream", "#recycle/london", "$RECYCLE.BIN/london"),
    ],
)
def test_what_synchronisation_merges_and_file_servers_leave_is_no_site(name: str) -> None:
    assert name not in PlaceIndex(DEFAULT, (*WHOLE, f"{S}/{name}")).sites


@for_each(
    "path",
    ["site_default", "C02XG0FDJGH5", f"{S}/leeds", "extras/Thumbs.db", f"{S}/@eaDir/leeds@SynoE"],
)
def test_what_is_offered_or_is_another_s_is_not_told(path: str) -> None:
    assert list(not_offered(PlaceIndex(DEFAULT, (*WHOLE, path)))) == []
