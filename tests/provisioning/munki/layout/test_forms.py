"""The forms of a layout: what a path says, and the path of a name."""

from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki.layout import (
    DEFAULT,
    FolderForm,
    Form,
    Layout,
    ManifestKind,
    MatchForm,
    NamesForm,
    PrefixForm,
    Reading,
)
from tests.support.tables import for_each

FORMS: dict[str, Form] = {
    "folder": FolderForm("groups/sites"),
    "prefix": PrefixForm("site_"),
    "folders": MatchForm("*/"),
    "one part": MatchForm("groups/*/base"),
    "in a site": MatchForm("{site}/*"),
    "before a site": MatchForm("*/{site}"),
    "beside a site": MatchForm("{site}_*"),
    "a site twice": MatchForm("{site}/clients/{site}-*"),
}
PARTS = st.text(st.characters(categories=["L", "N"], include_characters=" _-.{}*\n"), min_size=1)
SITES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@given(form=st.sampled_from(list(FORMS.values())), name=PARTS, site=SITES)
def test_every_name_comes_back_from_its_path(form: Form, name: str, site: str) -> None:
    path = form.path(name, site)

    assert path is not None
    assert Reading(name, site if form.needs_site else None) in form.readings(path)


@for_each(
    ("form", "path"),
    [
        (FORMS["folder"], "groups/sites"),
        (FORMS["folder"], "groups/sites/"),
        (FORMS["folder"], "groups/sites_old/leeds"),
        (FORMS["prefix"], "site_"),
        (FORMS["prefix"], "site_a/b"),
        (FORMS["prefix"], "Site_leeds"),
        (FORMS["folders"], "leeds"),
        (FORMS["folders"], "uk/leeds/"),
        (FORMS["one part"], "groups/uk/leeds/base"),
        (FORMS["in a site"], "leeds"),
        (FORMS["a site twice"], "leeds/clients/london-lab"),
        (NamesForm((("London", "sites/l1"),)), "London"),
    ],
)
def test_a_path_of_another_kind_says_nothing(form: Form, path: str) -> None:
    assert form.readings(path) == ()


def test_a_site_may_be_a_path_and_the_name_is_one_part() -> None:
    assert FORMS["in a site"].readings("uk/leeds/lab") == (Reading("lab", "uk/leeds"),)
    assert FORMS["before a site"].readings("lab/uk/leeds") == (Reading("lab", "uk/leeds"),)


def test_where_a_site_ends_and_the_name_begins_may_be_open() -> None:
    assert FORMS["beside a site"].readings("new_york_lab") == (
        Reading("york_lab", "new"),
        Reading("lab", "new_york"),
    )


def test_a_name_is_never_a_path_in_a_pattern() -> None:
    assert MatchForm("roles/*").path("a/b") is None


def test_a_list_has_the_names_that_are_in_it() -> None:
    form = NamesForm((("London", "sites/l1"), ("leeds", "leeds")))

    assert form.path("London") == "sites/l1"
    assert form.path("Paris") is None
    assert form.readings("leeds") == (Reading("leeds"),)


def test_what_a_mac_includes_stands_in_the_order_of_the_layout() -> None:
    layout = Layout(
        always=("base", "fonts"),
        sites=PrefixForm("site_"),
        builds=MatchForm("{site}/*"),
        order=(ManifestKind.SITE, ManifestKind.ALWAYS, ManifestKind.BUILD),
    )

    paths = [include.path for include in layout.includes("leeds", "lab")]

    assert paths == ["site_leeds", "base", "fonts", "leeds/lab"]


def test_a_site_that_only_chooses_is_not_included() -> None:
    layout = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)

    assert [include.path for include in layout.includes("leeds", "lab")] == [
        "site_default",
        "leeds/lab",
    ]


def test_of_two_forms_that_cover_a_path_the_one_that_says_more_owns_it() -> None:
    layout = Layout(sites=PrefixForm("g_"), builds=PrefixForm("g_role_"))

    assert layout.kind_of("g_role_lab") is ManifestKind.BUILD
    assert layout.kind_of("g_leeds") is ManifestKind.SITE
    assert layout.kind_of("site_default") is ManifestKind.ALWAYS
    assert layout.kind_of("fonts") is None


def test_a_path_that_two_forms_cover_alike_is_of_no_kind() -> None:
    layout = Layout(sites=MatchForm("a-*"), builds=MatchForm("*-b"))

    assert layout.kind_of("a-b") is None
    assert layout.kind_of("a-c") is ManifestKind.SITE


def test_macs_own_manifests_are_neither_sites_nor_builds() -> None:
    layout = Layout(macs="leeds/clients", builds=MatchForm("{site}/*"), sites=None)

    assert layout.manifest_of("C02AAA") == "leeds/clients/C02AAA"
    assert layout.kind_of("leeds/clients/C02AAA") is None


@for_each(
    ("layout", "site", "build", "complete"),
    [
        (DEFAULT, "leeds", "lab", True),
        (DEFAULT, "leeds", "", False),
        (DEFAULT, "", "lab", False),
        (Layout(builds=None), "leeds", "", True),
        (Layout(sites=None), "", "lab", True),
        (Layout(sites=None), "", "", False),
    ],
)
def test_a_destination_is_complete_where_it_names_each_kind_that_there_is(
    layout: Layout, site: str, build: str, complete: bool
) -> None:
    assert layout.is_complete(site, build) is complete
