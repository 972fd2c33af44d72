"""A serial whose manifest would be a site, a build or a folder of them is told."""

from provisioning.munki.layout import DEFAULT, FolderForm, Layout, MatchForm, NamesForm, PrefixForm
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.meanings import Meanings
from tests.support.tables import for_each

PREFIXES = Layout(sites=PrefixForm("site_"), builds=PrefixForm("lab-"))
BUILDINGS = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)
LISTED = Layout(sites=None, builds=NamesForm((("Staff", "Staff"), ("Lab", "groups/lab"))))
IN_A_FOLDER = Layout(always=("base",), macs="clients/all", builds=FolderForm("roles"))
VMWARE = "VM5v/dACsc+k"
PATHS = (
    "base", "site_default", "site_london", "lab-07", "Staff", "groups/", "groups/lab",
    "north/", "north/office", "VM5v/", VMWARE, "included_manifests/sites/uk/leeds",
)  # fmt: skip


def meaning(layout: Layout, serial: str) -> str | None:
    return Meanings(PlaceIndex(layout, PATHS)).of(serial)


@for_each(
    ("layout", "serial", "means"),
    [
        (DEFAULT, "Site_Default", "the name of a manifest that every Mac includes"),
        (DEFAULT, "INCLUDED_MANIFESTS", "the folder of a site"),
        (PREFIXES, "lab-08", "the name of a build"),
        (PREFIXES, "LAB-07", "the name of a build"),
        (PREFIXES, "SITE_LONDON", "the name of a site"),
        (BUILDINGS, "North", "the name of a site"),
        (LISTED, "STAFF", "the name of a build"),
        (LISTED, "GROUPS", "the folder of a build"),
    ],
)
def test_a_path_with_a_meaning_is_no_mac_s(layout: Layout, serial: str, means: str) -> None:
    assert meaning(layout, serial) == means


def test_a_mac_of_vmwares_is_not_below_a_manifest() -> None:
    layout = Layout(sites=None, builds=NamesForm((("a", "vm5V"),)))

    assert Meanings(PlaceIndex(layout, ("vm5V",))).of(VMWARE) == "the name of a build"


@for_each(
    ("layout", "serial"),
    [
        *((layout, "C02XG0FDJGH5") for layout in (DEFAULT, PREFIXES, BUILDINGS, LISTED)),
        *((layout, VMWARE) for layout in (DEFAULT, PREFIXES, BUILDINGS, LISTED, IN_A_FOLDER)),
        (DEFAULT, "lab-07"),
        (IN_A_FOLDER, "base"),
        (IN_A_FOLDER, "clients"),
    ],
)
def test_other_serials_mean_nothing(layout: Layout, serial: str) -> None:
    assert meaning(layout, serial) is None


@for_each("layout", [BUILDINGS, Layout(sites=MatchForm("*/"), builds=None, includes_site=False)])
def test_the_folder_of_a_mac_of_vmwares_is_no_site(layout: Layout) -> None:
    places = PlaceIndex(layout, PATHS)

    assert "VM5v" not in places.sites
    assert "north" in places.sites
    assert "dACsc+k" not in places.builds()


def test_a_folder_that_holds_more_than_macs_of_vmwares_is_one() -> None:
    assert "VM5v" in PlaceIndex(BUILDINGS, (*PATHS, "VM5v/office")).sites
    assert PlaceIndex(BUILDINGS, (*PATHS, "VM5v/office")).builds("VM5v") == ("office",)
