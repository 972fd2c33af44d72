"""The difference of a manifest from what Rollcall wrote into it."""

import tomllib
from typing import Any

from provisioning.monitoring.drift.comparison import ManifestDifference, compare
from provisioning.munki.layout import DEFAULT, Include, Layout, ManifestKind
from provisioning.munki.layout.forms import MatchForm
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.policy import Policy
from tests.support.inputs.layouts import LAYOUTS
from tests.support.inputs.repos import RepoCase
from tests.support.tables import for_each

S, B = "included_manifests/sites", "included_manifests/builds"
OURS = ("site_default", f"{S}/london", f"{B}/design")
WRITTEN = WrittenIncludes(DEFAULT.includes("london", "design"), ("apps/office",), ("production",))


def difference(
    *includes: str, catalogs: tuple[str, ...] = ("production",), **keys: Any
) -> ManifestDifference | None:
    manifest = {"included_manifests": [*includes], "catalogs": [*catalogs], **keys}
    return compare(WRITTEN, manifest, DEFAULT, DEFAULT.kind_of)


@for_each(
    "includes",
    [OURS, tuple(reversed(OURS)), ("extras", *OURS, "apps/office", ""), (*OURS, OURS[1])],
)
def test_entries_of_others_and_the_order_are_none(includes: tuple[str, ...]) -> None:
    assert difference(*includes, managed_installs=["Zoom"], notes="mine") is None


def test_no_file_is_one() -> None:
    assert compare(WRITTEN, None, DEFAULT, DEFAULT.kind_of) == ManifestDifference(gone=True)


@for_each(
    ("includes", "expected"),
    [
        (OURS[1:], ManifestDifference(missing=("site_default",), place=("london", "design"))),
        (OURS[:2], ManifestDifference(missing=(f"{B}/design",))),
        ((*OURS, f"{S}/paris"), ManifestDifference(other=(f"{S}/paris",))),
        (
            ("site_default", f"{S}/paris", f"{B}/design"),
            ManifestDifference(
                missing=(f"{S}/london",), other=(f"{S}/paris",), place=("paris", "design")
            ),
        ),
    ],
)
def test_missing_other_and_second_entries_are(
    includes: tuple[str, ...], expected: ManifestDifference
) -> None:
    assert difference(*includes) == expected


def test_a_name_that_was_changed_since_is_none_where_the_manifest_has_the_new_one_too() -> None:
    here = "paris", "design"
    renamed: dict[str, Any] = {
        "included_manifests": ["site_default", f"{S}/paris", f"{B}/design"],
        "catalogs": ["production"],
    }
    kind_of = DEFAULT.kind_of

    assert compare(WRITTEN, renamed, DEFAULT, kind_of, here) is None
    testing = compare(WRITTEN, {**renamed, "catalogs": ["testing"]}, DEFAULT, kind_of, here)
    assert testing == ManifestDifference(catalogs=("testing",), place=here)
    for other in (
        {**renamed, "included_manifests": [f"{S}/paris", f"{B}/design"]},
        {**renamed, "included_manifests": ["site_default", f"{S}/rome", f"{B}/design"]},
    ):
        assert compare(WRITTEN, other, DEFAULT, kind_of, here) is not None


def test_a_second_entry_is_one_also_where_the_others_lead_to_the_macs_place() -> None:
    here = "london", "design"
    for second in (f"{S}//paris", f"./{B}/podcast"):
        manifest = {"included_manifests": [*OURS, second], "catalogs": ["production"]}

        found = compare(WRITTEN, manifest, DEFAULT, DEFAULT.kind_of, here)

        assert found is not None
        assert found.other == (second,)

    of_sites = Layout(builds=MatchForm("builds/{site}/*"))
    entries = ["site_default", f"{S}/london", "builds/london/design"]
    written = WrittenIncludes(of_sites.includes(*here))
    assert (
        compare(written, {"included_manifests": entries}, of_sites, of_sites.kind_of, here) is None
    )
    two = {"included_manifests": [*entries, f"{S}/paris"]}
    found = compare(written, two, of_sites, of_sites.kind_of, here)
    assert found is not None
    assert found.other == (f"{S}/paris",)

    hq = {"included_manifests": [*entries[:2], f"{S}/hq", "builds/hq/design"]}
    assert compare(written, hq, of_sites, of_sites.kind_of, ("hq", "design")) is not None
    hq["included_manifests"].remove(f"{S}/london")
    assert compare(written, hq, of_sites, of_sites.kind_of, ("hq", "design")) is None


def test_other_catalogs_are_where_they_were_kept() -> None:
    other = difference(*OURS, catalogs=("testing",))
    assert other == ManifestDifference(catalogs=("testing",), place=("london", "design"))

    unknown = WrittenIncludes(WRITTEN.ours)
    manifest = {"included_manifests": [*OURS], "catalogs": ["testing"]}
    assert compare(unknown, manifest, DEFAULT, DEFAULT.kind_of) is None


def test_a_kind_of_which_rollcall_wrote_none_is_others() -> None:
    written = WrittenIncludes((Include(ManifestKind.BUILD, f"{B}/design"),))
    manifest = {"included_manifests": [f"{S}/paris", f"{B}/design"]}

    assert compare(written, manifest, DEFAULT, DEFAULT.kind_of) is None


def test_a_difference_is_the_same_after_it_was_kept() -> None:
    one = difference(f"{S}/paris", catalogs=())

    assert one is not None
    assert ManifestDifference.from_json(one.to_json()) == one
    assert one.digest != ManifestDifference(gone=True).digest


@for_each("case", LAYOUTS, ids=lambda case: case.name)
def test_in_any_layout_a_manifest_as_it_was_written_is_none(case: RepoCase) -> None:
    layout = Policy.model_validate({"munki": tomllib.loads(case.table)}).munki.layout

    for site, build in case.places:
        manifest = {"included_manifests": [*case.includes(site, build)], "catalogs": ["testing"]}
        written = WrittenIncludes(layout.includes(site, build))
        assert compare(written, manifest, layout, layout.kind_of) is None
