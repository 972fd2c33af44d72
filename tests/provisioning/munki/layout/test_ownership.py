"""The includes of a Mac's manifest: ours are replaced, everybody else's stay where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki.layout import DEFAULT, FolderForm, Include, Layout, ManifestKind, MatchForm
from provisioning.munki.layout.forms import PrefixForm
from provisioning.munki.layout.ownership import TwoOfAKind, WrittenIncludes, merge
from tests.support.tables import for_each

S, B = "included_manifests/sites", "included_manifests/builds"
PREFIXES = Layout(sites=PrefixForm("site_"), builds=PrefixForm("role_"))
ROLES = Layout(sites=None, builds=FolderForm("roles"))
IN_SITES = Layout(sites=MatchForm("*/"), builds=MatchForm("{site}/*"), includes_site=False)
BASE = Layout(always=("base",), order=(ManifestKind.SITE, ManifestKind.ALWAYS, ManifestKind.BUILD))


def wrote(*paths: str) -> WrittenIncludes:
    """The includes that Rollcall wrote under the layout that is the default."""
    ours = tuple(Include(DEFAULT.kind_of(path) or ManifestKind.ALWAYS, path) for path in paths)
    return WrittenIncludes(ours)


@for_each(
    ("layout", "written", "present", "to", "merged"),
    [
        (DEFAULT, None, [], "london/design", ["site_default", f"{S}/london", f"{B}/design"]),
        (
            DEFAULT,
            None,
            ["extras", f"{S}/london", f"{B}/kiosk"],
            "leeds/design",
            ["site_default", "extras", f"{S}/leeds", f"{B}/design"],
        ),
        (
            DEFAULT,
            None,
            [f"{B}/kiosk", "", "extras"],
            "london/design",
            ["site_default", f"{S}/london", f"{B}/design", "", "extras"],
        ),
        (
            DEFAULT,
            wrote("site_default", f"{S}/london", f"{B}/kiosk"),
            ["site_default", f"{S}/london", f"{S}/leeds", f"{B}/kiosk"],
            "london/design",
            ["site_default", f"{S}/london", f"{B}/design"],
        ),
        (
            DEFAULT,
            None,
            ["/site_default", "included_manifests//sites/london", "./extras", f"{B}/./kiosk"],
            "leeds/design",
            ["site_default", f"{S}/leeds", "./extras", f"{B}/design"],
        ),
        (
            PREFIXES,
            wrote("site_default", f"{S}/london", f"{B}/design"),
            ["site_default", f"{S}/london", "extras", f"{B}/design"],
            "london/design",
            ["site_default", "site_london", "extras", "role_design"],
        ),
        (
            PREFIXES,
            None,
            ["site_default", f"{S}/london", "extras"],
            "london/design",
            ["site_default", "site_london", "role_design", f"{S}/london", "extras"],
        ),
        (
            ROLES,
            wrote("site_default", f"{S}/london", f"{B}/design"),
            ["site_default", f"{S}/london", f"{B}/design", "extras"],
            "/design",
            ["site_default", "roles/design", "extras"],
        ),
        (
            IN_SITES,
            WrittenIncludes(theirs=("apps/office",)),
            ["site_default", "apps/office", "north/lab"],
            "south/lab",
            ["site_default", "apps/office", "south/lab"],
        ),
        (
            BASE,
            wrote("site_default", f"{S}/london"),
            ["site_default", f"{S}/london", "extras"],
            "london/design",
            [f"{S}/london", "base", f"{B}/design", "extras"],
        ),
    ],
)
def test_ours_are_replaced_and_the_others_stay(
    layout: Layout, written: WrittenIncludes | None, present: list[str], to: str, merged: list[str]
) -> None:
    wanted = layout.includes(*to.split("/"))

    found = merge(present, wanted, layout.kind_of, written, "C02AAA")

    assert found == merged
    again = WrittenIncludes(wanted, written.theirs if written else ())
    assert merge(found, wanted, layout.kind_of, again, "C02AAA") == merged


@for_each(
    ("layout", "present", "kind"),
    [
        (DEFAULT, ["site_default", f"{S}/london", f"{S}/leeds", f"{B}/kiosk"], ManifestKind.SITE),
        (IN_SITES, ["site_default", "apps/office", "north/lab"], ManifestKind.BUILD),
    ],
)
def test_of_two_that_rollcall_never_wrote_none_is_taken_out(
    layout: Layout, present: list[str], kind: ManifestKind
) -> None:
    with pytest.raises(TwoOfAKind) as caught:
        merge(present, layout.includes("south", "lab"), layout.kind_of, None, "C02AAA")

    assert caught.value.kind is kind
    assert "C02AAA includes two" in str(caught.value)


ENTRIES = st.lists(
    st.sampled_from(
        [
            "",
            "site_default",
            "base",
            "extras",
            "apps/office",
            "site_x",
            "role_y",
            f"{S}/a",
            f"{B}/b",
        ]
    )
)


@given(
    present=ENTRIES,
    layout=st.sampled_from([DEFAULT, PREFIXES, ROLES, IN_SITES, BASE]),
    theirs=st.sets(st.sampled_from(["extras", "apps/office", "site_x"])),
)
def test_what_is_not_ours_keeps_its_order_and_a_second_call_changes_nothing(
    present: list[str], layout: Layout, theirs: set[str]
) -> None:
    wanted = layout.includes("london", "design")
    written = WrittenIncludes(layout.includes("oslo", "kiosk"), tuple(theirs))

    found = merge(present, wanted, layout.kind_of, written, "C02AAA")

    def others(entries: list[str]) -> list[str]:
        return [each for each in entries if each in theirs or layout.kind_of(each) is None]

    assert others(found) == others(present)
    assert [each for each in found if each not in others(found)] != []
    assert sorted(include.path for include in wanted) == sorted(set(found) - set(others(found)))
    assert merge(found, wanted, layout.kind_of, WrittenIncludes(wanted, tuple(theirs)), "") == found


def test_two_of_a_kind_of_which_rollcall_never_wrote_one_are_refused_after_an_answer_too() -> None:
    answered = WrittenIncludes((), (f"{S}/a", f"{S}/b"))
    present = [*answered.theirs, f"{B}/a", f"{B}/b"]

    with pytest.raises(TwoOfAKind, match="two builds"):
        merge(present, DEFAULT.includes("london", "design"), DEFAULT.kind_of, answered, "C02AAA")


def test_what_was_written_comes_back_from_where_it_is_kept() -> None:
    written = WrittenIncludes((Include(ManifestKind.SITE, "site_x"),), ("apps/office",))

    assert WrittenIncludes.from_json(written.to_json()) == written
