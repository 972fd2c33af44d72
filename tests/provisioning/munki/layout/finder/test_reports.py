"""Sentences about a repo beside the table that is proposed for it."""

from itertools import chain

from provisioning.munki.layout import FolderForm, Layout, PrefixForm
from provisioning.munki.layout.finder.proposal import propose
from provisioning.munki.layout.finder.questions import MAX_KINDS
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import RepoShape, shape_of
from provisioning.munki.manifests.documents import Manifest
from tests.provisioning.munki.layout.finder.shapes import of, report, serials
from tests.support.tables import for_each


def with_parts(macs: dict[str, list[str]], shared: dict[str, list[str]]) -> RepoShape:
    """A repo of these Macs, and of manifests that include others."""
    includes = chain.from_iterable((*macs.values(), *shared.values()))
    parts: dict[str, list[str]] = {part: [] for part in includes}
    manifests: dict[str, Manifest] = {
        name: {"catalogs": ["production"], "included_manifests": each}
        for name, each in {**parts, **macs, **shared}.items()
    }
    return shape_of(list(manifests), manifests)


def test_includes_that_no_key_tells_are_named_because_new_macs_get_none_of_them() -> None:
    hardware = ["hardware/laptop", "hardware/desktop"]
    macs = {
        serial: [f"sites/{n % 3}", f"roles/{n % 2}", *hardware[n % 4 : n % 4 + 1]]
        for n, serial in enumerate(serials(8))
    }

    shown = AdoptionReport.proposing(of(macs, *{path for each in macs.values() for path in each}))
    text = "\n".join(shown.as_text())

    assert (
        "4 of 8 Macs include others besides (hardware/laptop, hardware/desktop): these stay, and "
        "new Macs get none of them."
    ) in text
    [layout] = shown.as_json()["layouts"]
    assert (layout["besides"], layout["elsewhere"]) == (hardware, [])
    assert "others besides" not in report({name: each[:2] for name, each in macs.items()}, *macs)


def test_what_one_mac_alone_has_besides_is_no_kind_to_ask_about() -> None:
    shared = ("sites/1", "sites/2", "roles/1", "roles/2", "extras")
    macs = {"C02A00SYNTH": ["sites/1", "roles/1", "extras"], "C02A01SYNTH": ["sites/2"]}
    layout = Layout(always=(), sites=FolderForm("sites"), builds=FolderForm("roles"))

    text = "\n".join(AdoptionReport.of_layout(of(macs, *shared), layout).as_text())

    assert text.endswith("(extras): these stay, and new Macs get none of them.")


def test_of_three_kinds_that_each_mac_has_the_admin_is_asked_which_two_are_chosen() -> None:
    macs = {
        s: [f"site_{n % 3}", f"role_{n % 2}", f"ring_{n % 4}"] for n, s in enumerate(serials(9))
    }
    own = {name: [*each[:2], f"user_{name}"] for name, each in macs.items()}

    text = report(macs, *{path for each in macs.values() for path in each})
    of_each = report(own, *{path for each in own.values() for path in each})

    assert "A table that may fit, with a question below; 9 of 9 Macs go where it says." in text
    assert "if you choose by these where a Mac goes, write those in place of the sites" in text
    assert text.endswith('\n\n    builds = {names = ["ring_0", "ring_1", "ring_2", "ring_3"]}')
    assert "The table that fits" in of_each
    assert "if you choose by these" not in of_each


def test_a_table_by_which_more_than_a_tenth_of_the_macs_go_nowhere_is_no_sure_one() -> None:
    macs = {s: ["base", *([f"role_{n % 2}"] if n < 8 else [])] for n, s in enumerate(serials(10))}
    fewer = {name: each for name, each in macs.items() if name != serials(10)[-1]}

    text, sure = report(macs, "base", "role_0", "role_1"), report(fewer, "base", "role_0", "role_1")

    assert "A table that fits some Macs; 8 of 10 Macs go where it says." in text
    assert "The table that fits; 8 of 9 Macs go where it says." in sure


def test_parts_of_other_manifests_are_told_where_a_form_offers_them_too() -> None:
    macs = {serial: [f"org.{('lab', 'staff')[n % 2]}"] for n, serial in enumerate(serials(8))}
    found = with_parts(macs, {"org.lab": ["org.common"], "org.staff": ["org.common"]})
    given = AdoptionReport.of_layout(
        found, Layout(always=(), sites=None, builds=PrefixForm("org."))
    )

    text = "\n".join(AdoptionReport.proposing(found).as_text())

    assert "Offered as builds, too, though no Mac includes them, but other manifests do" in text
    assert ": org.common." in text
    assert '    builds = {names = ["org.lab", "org.staff"]}' in text
    assert "Offered" not in "\n".join(given.as_text()), "whoever wrote the table knows"


def test_parts_are_told_without_a_list_where_that_would_be_long_or_has_to_name_sites() -> None:
    many = {serial: [f"org.{n}"] for n, serial in enumerate(serials(MAX_KINDS + 1))}
    twice = {f"{serial}2": each for serial, each in many.items()}
    places = [(site, build) for site in ("leeds", "london") for build in ("lab", "staff")]
    of_sites = {
        serial: [f"site_{places[n % 4][0]}", f"site_{places[n % 4][0]}_{places[n % 4][1]}"]
        for n, serial in enumerate(serials(12))
    }
    for macs, whole, part in (
        ({**many, **twice}, "org.0", "org.common"),
        (of_sites, "site_leeds_lab", "site_leeds_part"),
    ):
        found = with_parts(macs, {whole: [part]})

        text = "\n".join(AdoptionReport.proposing(found).as_text())

        assert f"but other manifests do: {part}." in text
        assert "take a list" not in text


def test_what_a_mac_includes_too_is_no_part_of_others_alone() -> None:
    macs = {serial: [f"org.{('lab', 'staff')[n % 2]}"] for n, serial in enumerate(serials(8))}
    found = with_parts({**macs, "C02Z9SYNTH99": ["org.common"]}, {"org.lab": ["org.common"]})

    text = "\n".join(AdoptionReport.proposing(found).as_text())

    assert '{prefix = "org."}' in text
    assert "Offered" not in text


def test_where_no_mac_includes_any_of_a_kind_none_is_told_as_a_part() -> None:
    macs: dict[str, list[str]] = {"C02A00SYNTH": [], "C02A01SYNTH": []}
    found = with_parts(macs, {"sites/leeds": ["sites/uk"], "roles/lab": ["roles/staff"]})

    text = "\n".join(AdoptionReport.proposing(found).as_text())

    assert "A table told by names alone" in text
    assert "Offered" not in text


def test_a_mac_whose_manifest_lies_elsewhere_is_not_told_to_stay_as_it_is() -> None:
    macs = {
        f"{('kyoto', 'osaka')[n % 2]}/{serial}": [f"{('kyoto', 'osaka')[n % 2]}/_base"]
        for n, serial in enumerate(serials(6))
    }

    text = report(macs, "kyoto/_base", "osaka/_base")

    assert "kyoto/C02A00SYNTH  kyoto  keeps it; one by serial includes kyoto/_base" in text
    assert "stays as it is" not in text
    assert "The table that fits; 6 of 6 Macs go where it says." in text
    assert "Macs elsewhere (kyoto/C02A00SYNTH, " in text
    assert "Munki asks for a ClientIdentifier and for the host name first" in text


def test_where_macs_have_a_folder_their_identifier_says_all_and_nothing_is_to_be_set() -> None:
    macs = {f"machines/{serial}": [f"groups/{n % 3}"] for n, serial in enumerate(serials(6))}

    text = report({**macs, "users/ana": ["groups/0"]}, "groups/0", "groups/1", "groups/2")

    assert "Macs by other names (users/ana) keep their manifests" in text
    assert "client_identifier = true" not in text


def test_a_kind_that_no_mac_includes_is_not_said_to_be_included() -> None:
    text = report(
        {key: ["site_default"] for key in serials(3)}, "site_default", "roles/1", "roles/2"
    )

    assert "# 2 of them; told by their names alone" in text
    assert "a Mac includes one" not in text


def test_a_table_by_which_no_mac_goes_anywhere_is_not_said_to_fit() -> None:
    conditional = {"condition": "machine_type == 'laptop'", "included_manifests": ["loc/a"]}
    mac: Manifest = {
        "catalogs": ["production"],
        "included_manifests": ["base"],
        "conditional_items": [conditional],
    }
    manifests: dict[str, Manifest] = {"base": {}, "loc/a": {}, "loc/b": {}}
    manifests |= dict.fromkeys(serials(3), mac)

    text = "\n".join(AdoptionReport.proposing(shape_of(list(manifests), manifests)).as_text())

    assert "A table told by names alone; 0 of 3 Macs go where it says." in text
    assert "The table that fits" not in text


def test_a_repo_in_yaml_is_told_so_and_not_to_make_the_first_manifests() -> None:
    shape = shape_of(["site_default.yaml", "Assigned/Staff.yaml"], {})

    text = "\n".join(AdoptionReport.proposing(shape).as_text())

    assert "manifests of this repo are in YAML (site_default.yaml, Assigned/Staff.yaml)" in text
    assert "Make one for each site" not in text


def test_a_serial_with_an_ending_is_a_mac_that_munki_does_not_find_by_serial() -> None:
    macs = {f"{serial}.plist": ["_all", f"group_{n % 2}"] for n, serial in enumerate(serials(6))}

    text = report(macs, "_all", "group_0", "group_1")

    assert "6 Macs by serial" in text
    assert "C02A00SYNTH.plist  0  keeps it; one by serial includes _all, group_0" in text
    assert "Macs elsewhere (C02A00SYNTH.plist, " in text
    assert "kinds of Macs" not in text


@for_each("number", [3, 5, 9])
def test_one_of_a_few_macs_that_lacks_a_build_hides_no_builds(number: int) -> None:
    def includes(folders: tuple[str, str]) -> dict[str, list[str]]:
        sites, builds = folders
        return {
            serial: [f"{sites}/{n % 2}", *([f"{builds}/{n % 2}"] if n else [])]
            for n, serial in enumerate(serials(number))
        }

    worded = includes(("sites", "builds"))
    proposal = propose(of(worded, *{path for each in worded.values() for path in each}))

    assert proposal is not None
    assert (proposal.layout.sites, proposal.layout.builds) == (
        FolderForm("sites"),
        FolderForm("builds"),
    )

    unsaid = includes(("aa", "bb"))
    text = report(unsaid, *{path for each in unsaid.values() for path in each})
    assert ("A table that may fit, with a question below" in text) is (number > 3)


def test_one_manifest_for_each_mac_is_no_list_where_one_mac_is_left_out_either() -> None:
    macs = {serial: [f"users/{n}", f"roles/{n % 3}"] for n, serial in enumerate(serials(30))}

    proposal = propose(of(macs, *{path for each in macs.values() for path in each}))

    assert proposal is not None
    assert (proposal.layout.sites, proposal.layout.builds) == (None, FolderForm("roles"))
