"""The layout that is found in a repo as it is."""

from provisioning.munki.layout import Layout
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.shape import shape_of
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.forms import FolderForm, MatchForm, NamesForm, PrefixForm
from provisioning.munki.manifests.documents import Manifest
from tests.provisioning.munki.layout.finder.shapes import layout_of, of, proposed
from tests.support.tables import for_each


@for_each(
    "macs",
    [
        {},
        {"C02A01SYNTH1": [], "C02A02SYNTH2": []},
        {"C02A01SYNTH1": ["site_default"], "C02A02SYNTH2": ["site_default"]},
        {"C02A01SYNTH1": ["site_default", "gone"], "C02A02SYNTH2": ["site_default", "gone too"]},
    ],
)
def test_a_repo_with_nothing_to_choose_from_gets_no_table(macs: dict[str, list[str]]) -> None:
    assert propose(of(macs, "site_default")) is None


def test_a_few_names_that_begin_alike_are_no_kind_among_many_others() -> None:
    clients = [f"{name}_client" for name in ("art", "faculty", "music", "staff", "student")]
    faculty = ["faculty_noshares_client", "faculty_rosetta_client"]

    assert propose(of({}, *clients, *faculty)) is None

    named = layout_of({}, "faculty_arts", "faculty_law", "faculty_music", "printers")
    assert named.sites == PrefixForm("faculty_")
    sites = [f"site_{number}" for number in range(4)]  # which are none of these others
    both = layout_of({}, *sites, "faculty_arts", "faculty_law")
    assert (both.sites, both.builds) == (PrefixForm("site_"), PrefixForm("faculty_"))


def test_a_repo_without_site_default_is_told_so() -> None:
    for paths, reason in (
        (["role_art", "role_kiosk"], "there is no site_default"),
        (["role_art", "role_kiosk", "site_default"], "few include site_default"),
    ):
        macs = {"C02A01SYNTH1": ["role_art"], "C02A02SYNTH2": ["role_kiosk"]}
        assert proposed(of(macs, *paths)).reasons["always"] == reason


def test_a_few_exceptions_hide_no_layout() -> None:
    macs = {f"C02A{number:02}SYNTH": [f"site_{number % 3}", "role_x"] for number in range(20)}
    macs["C02X01SYNTH1"] = ["site_1", "site_2", "role_x"]
    macs["C02X02SYNTH2"] = ["role_y"]

    layout = layout_of(macs, "site_0", "site_1", "site_2", "role_x", "role_y")

    assert written("", layout) == (
        '[munki]\nalways = []\nsites = {prefix = "site_"}\nbuilds = {prefix = "role_"}'
    )


def test_one_of_two_macs_makes_no_rule() -> None:
    macs = {"C02A01SYNTH1": ["groups/a"], "C02A02SYNTH2": ["apps/x"]}

    layout = layout_of(macs, "groups/a", "groups/b", "apps/x", "apps/y")

    assert layout.builds == NamesForm((("apps/x", "apps/x"), ("groups/a", "groups/a")))


def test_words_tell_the_kinds_although_some_macs_have_two_of_one() -> None:
    macs = {
        f"C02A{number:02}SYNTH": [
            f"site-{('kiel', 'oslo')[number % 2]}",
            f"hw-{('imac', 'mini')[number // 2 % 2]}",
            f"role-{('lab', 'office', 'staff')[number % 3]}",
        ]
        for number in range(24)
    }
    macs["C02A00SYNTH"].append("role-office")
    macs["C02A03SYNTH"].append("role-staff")

    layout = layout_of(macs, *{entry for entries in macs.values() for entry in entries})

    expected = Layout(always=(), sites=PrefixForm("site-"), builds=PrefixForm("role-"))
    assert layout == expected


def test_site_default_is_for_all_where_some_macs_lack_it_and_is_no_site() -> None:
    macs = {
        f"C02A{number:02}SYNTH": ["site_default", f"site_{number % 3}", "role_x"][number % 4 == 0 :]
        for number in range(12)
    }

    layout = layout_of(macs, "site_default", "site_0", "site_1", "site_2", "role_x", "role_y")

    assert layout == Layout(sites=PrefixForm("site_"), builds=PrefixForm("role_"))


def test_site_default_is_no_site_beside_those_whose_names_begin_with_it() -> None:
    macs = {f"C02A{n:02}SYNTH": [f"site_default_{('lab', 'staff')[n % 2]}"] for n in range(6)}

    layout = layout_of(macs, "site_default", "site_default_lab", "site_default_staff")

    assert PrefixForm("site_default_") in (layout.sites, layout.builds)


def test_includes_in_another_case_tell_a_layout_where_the_disk_ignores_case() -> None:
    macs = {f"C02A{n:02}SYNTH": [f"Wings/{'ab'[n % 2]}"] for n in range(6)}
    manifests: dict[str, Manifest] = {"wings/a": {}, "wings/b": {}}
    for name, includes in macs.items():
        manifests[name] = {"catalogs": ["x"], "included_manifests": includes}

    found = shape_of(list(manifests), manifests, ignores_case=True)

    assert proposed(found).layout.builds == FolderForm("wings")
    assert propose(shape_of(list(manifests), manifests)) is None


def test_several_of_a_folder_that_all_macs_include_are_no_choice() -> None:
    both = ["site_default", "config/network", "config/security"]
    macs = {f"C02A{number:02}SYNTH": [*both, f"role_{number % 2}"] for number in range(4)}

    layout = layout_of(macs, *both, "config/unused", "role_0", "role_1")

    assert layout == Layout(always=tuple(both), sites=None, builds=PrefixForm("role_"))


def test_one_of_the_groups_that_all_macs_include_beside_another_is_no_choice() -> None:
    groups = [f"groups/{name}" for name in ("Standard", "Artists", "Lab", "Render")]
    macs = {f"C02A{n:02}SYNTH": [groups[0], groups[1 + n % 2]] for n in range(8)}

    layout = layout_of(macs, *groups)

    assert layout == Layout(always=("groups/Standard",), sites=FolderForm("groups"), builds=None)


def test_what_lies_in_several_folders_is_no_site_because_of_its_name() -> None:
    macs = {f"C02A{n:02}SYNTH": ["apps/office", f"role_{n % 2}"] for n in range(4)}

    layout = layout_of(macs, "apps/office", "vendor/office", "role_0", "role_1")

    expected = Layout(always=("apps/office",), sites=None, builds=PrefixForm("role_"))
    assert layout == expected


def test_a_kind_that_all_macs_have_is_told_alone_beside_one_that_only_some_have() -> None:
    units = ["Art", "Bio", "Math"]
    macs = {
        f"C02A{n:02}SYNTH": [f"Units/{units[n % 3]}", f"Printers/{n % 2}"][: 1 + n % 3 % 2 + n % 2]
        for n in range(12)
    }

    layout = layout_of(macs, *(f"Units/{unit}" for unit in units), "Printers/0", "Printers/1")

    assert FolderForm("Units") in (layout.sites, layout.builds)
    assert None in (layout.sites, layout.builds)


def test_sites_may_have_a_hyphen_where_their_builds_lengthen_them_by_one() -> None:
    pairs = [("hq", "lab"), ("hq", "shop"), ("st-gallen", "lab"), ("st-gallen", "shop")]
    macs = {f"C02A{n:02}SYNTH": [pairs[n % 4][0], "-".join(pairs[n % 4])] for n in range(12)}

    layout = layout_of(macs, *(entry for entries in macs.values() for entry in entries))

    assert written("", layout) == (
        '[munki]\nalways = []\nsites = {names = ["hq", "st-gallen"]}\nbuilds = {match = "{site}-*"}'
    )


def test_macs_that_include_several_of_a_folder_tell_no_kind() -> None:
    groups = [f"groups/{letter}" for letter in "abcde"]
    macs = {f"C02A{n:02}SYNTH": [groups[n % 5], groups[(n + 1) % 5]] for n in range(12)}

    assert propose(of(macs, *groups)) is None


def test_a_folder_of_groups_of_one_sort_is_not_taken_with_those_of_another() -> None:
    groups = [f"groups/smartgroups/sg_{n}" for n in range(3)]
    macs = {f"C02A{n:02}SYNTH": [groups[n % 3], "base"] for n in range(6)}

    layout = layout_of(macs, *groups, "base", "groups/usergroups/ug_1", "groups/usergroups/ug_2")

    assert FolderForm("groups/smartgroups") in (layout.sites, layout.builds)


def test_the_catalog_with_most_areas_tells_which_there_are() -> None:
    areas = ("art", "hall", "lab", "shop")
    macs = {f"C02A{n:02}SYNTH": [f"staging/{areas[n % 3]}"] for n in range(6)}
    macs["C02B01SYNTH1"] = ["production/art"]
    shared = [f"{name}/{area}" for name in ("production", "staging") for area in areas]
    manifests: dict[str, Manifest] = {path: {} for path in [*shared, "staging/new"]}
    manifests |= {n: {"catalogs": ["x"], "included_manifests": each} for n, each in macs.items()}

    found = shape_of(list(manifests), manifests, ["production", "staging"])

    assert proposed(found).layout.sites == MatchForm("staging/*")


def test_a_folder_of_a_site_that_has_one_for_each_build_tells_both() -> None:
    places = [("leeds", "lab"), ("leeds", "shop"), ("paris", "lab"), ("paris", "shop")]
    macs = {f"C02A0{n}SYNTH": [f"{site}/{build}/all"] for n, (site, build) in enumerate(places)}

    layout = layout_of(macs, *(entry for entries in macs.values() for entry in entries))

    assert written("", layout) == (
        '[munki]\nalways = []\nsites = {match = "*/", include = false}\n'
        'builds = {match = "{site}/*/all"}'
    )


def test_many_manifests_take_little_time() -> None:
    shared = ["site_default", *(f"{kind}_{number}-a.b" for kind in "xy" for number in range(150))]
    macs = {
        f"C02{number:04}SYNTH": ["site_default", f"x_{number % 150}-a.b", f"y_{number % 149}-a.b"]
        for number in range(300)
    }

    layout = layout_of(macs, *shared)

    assert (layout.sites, layout.builds) == (PrefixForm("x_"), PrefixForm("y_"))


def test_a_folder_for_each_site_is_one_although_a_mac_has_another_manifest_of_its_parent() -> None:
    places = [f"m/{site}/{build}" for site in ("uk", "de") for build in ("lab", "staff", "kiosk")]
    macs = {f"C02A{number:02}SYNTH": [places[number % 6]] for number in range(12)}
    macs["C02A00SYNTH"].append("m/lab")

    layout = layout_of(macs, *places, "m/lab")

    assert layout.builds == MatchForm("{site}/*")
