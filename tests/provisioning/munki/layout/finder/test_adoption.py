"""Existing Macs under a layout: where they go, and what their manifests would become."""

from provisioning.munki.layout import DEFAULT, FolderForm, Layout, MatchForm, PrefixForm
from provisioning.munki.layout.finder.adoption import AdoptedMac, Adoption, examples
from provisioning.munki.layout.finder.shape import RepoShape, shape_of
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.manifests.documents import Manifest
from tests.support.tables import for_each

S, B = "included_manifests/sites", "included_manifests/builds"
SHARED = ("site_default", f"{S}/london", f"{S}/paris", f"{B}/design", "north/_all", "north/lab")
MORE = ("south/_all", "south/lab", "role_x", "extras")
BUILDINGS = Layout(sites=MatchForm("*/_all"), builds=MatchForm("{site}/*"))
MAC = "C02A01SYNTH1"


def shape(**macs: list[str]) -> RepoShape:
    manifests: dict[str, Manifest] = {path: {} for path in (*SHARED, *MORE)}
    manifests |= {
        name: {"catalogs": ["production"], "included_manifests": includes}
        for name, includes in macs.items()
    }
    return shape_of(list(manifests), manifests)


def adopted(layout: Layout, *includes: str) -> AdoptedMac:
    places = PlaceIndex(layout, shape(**{MAC: list(includes)}).paths)
    return Adoption(places).mac(MAC, includes)


@for_each(
    ("layout", "includes", "place", "change"),
    [
        (DEFAULT, ["site_default", f"{S}/london", f"{B}/design"], "london/design", "stays as it "),
        (
            DEFAULT,
            ["extras", f"{S}/london", f"{B}/design"],
            "london/design",
            "+ site_default (before extras)",
        ),
        (
            Layout(always=("site_default", "extras"), sites=None, builds=PrefixForm("role_")),
            ["role_x", "site_default"],
            "/x",
            "+ extras (at the end)",
        ),
        (BUILDINGS, ["site_default", "south/_all", "south/lab"], "south/lab", "stays as it is"),
    ],
)
def test_a_mac_that_is_sent_where_it_goes_gets_what_it_lacks(
    layout: Layout, includes: list[str], place: str, change: str
) -> None:
    mac = adopted(layout, *includes)

    assert f"{mac.site}/{mac.build}" == place
    assert mac.change.startswith(change)


@for_each(
    ("layout", "includes", "problem"),
    [
        (DEFAULT, ["site_default", f"{B}/design"], "has no site"),
        (
            DEFAULT,
            [f"{S}/london", f"{S}/paris", f"{B}/design"],
            f"has 2 sites: {S}/london, {S}/paris",
        ),
        (DEFAULT, [f"{S}/rome", f"{B}/design"], f"leads to no place that is offered: {S}/rome, "),
        (BUILDINGS, ["north/_all", "south/lab"], "leads to no place that is offered: north/_all, "),
        (
            Layout(sites=MatchForm("*/"), builds=FolderForm(B), includes_site=False),
            [f"{B}/design"],
            "does not say its site",
        ),
    ],
)
def test_a_mac_that_no_place_is_told_of_has_the_reason(
    layout: Layout, includes: list[str], problem: str
) -> None:
    mac = adopted(layout, *includes)

    assert (mac.site, mac.build, mac.after) == ("", "", ())
    assert mac.change.startswith(problem)


def test_examples_are_of_several_places_and_show_changes_first() -> None:
    stays = ["site_default", f"{S}/london", f"{B}/design"]
    other = ["site_default", f"{S}/paris", f"{B}/design"]
    macs = {f"C02A{number:02}SYNTH": stays for number in range(9)}
    macs |= {"C02B01SYNTH1": other, "C02C01SYNTH1": stays[1:], "C02D01SYNTH1": []}

    found = shape(**macs)
    shown = examples(Adoption(PlaceIndex(DEFAULT, found.paths)).macs(list(macs), found.includes))

    assert [mac.name for mac in shown] == [
        *("C02C01SYNTH1", "C02A00SYNTH", "C02B01SYNTH1", "C02A01SYNTH", "C02A02SYNTH")
    ]
