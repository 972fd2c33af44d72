"""Kinds of places that a list of manifests tells, where no form of names does."""

from provisioning.munki.layout import Layout
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.forms import FolderForm, NamesForm, PrefixForm
from tests.provisioning.munki.layout.finder.shapes import layout_of


def test_a_list_is_found_although_a_mac_includes_two_of_it() -> None:
    macs = {
        f"C02A{number:02}SYNTH": ["common", ("faculty", "staff", "student")[number % 3]]
        for number in range(12)
    }
    macs["C02A00SYNTH"].append("student")

    layout = layout_of(macs, "common", "faculty", "staff", "student")

    assert written("", layout) == (
        '[munki]\nalways = ["common"]\nsites = false\n'
        'builds = {names = ["faculty", "staff", "student"]}'
    )


def test_what_some_macs_include_besides_is_not_in_a_list_of_which_a_mac_has_two() -> None:
    groups = [f"{letter}{letter}" for letter in "abcdefghijklmnopqrst"]
    macs = {f"C02A{number:02}SYNTH": [groups[number % 20]] for number in range(40)}
    for number in range(3):
        macs[f"C02A{number:02}SYNTH"].append("adobe")
    macs["C02A03SYNTH"] = ["adobe"]
    macs["C02A04SYNTH"].append("aa")

    layout = layout_of(macs, *groups, "adobe")

    assert layout.builds == NamesForm(tuple((each, each) for each in groups))


def test_what_few_macs_include_beside_one_of_a_list_is_not_in_it() -> None:
    groups = ["faculty", "staff", "student"]
    macs = {f"C02A{number:02}SYNTH": [groups[number % 3]] for number in range(24)}
    macs["C02A00SYNTH"].append("adobe")

    layout = layout_of(macs, *groups, "adobe")

    assert layout.builds == NamesForm(tuple((each, each) for each in groups))


def test_a_list_of_which_no_mac_has_two_is_rather_taken_than_one_with_more_of_them() -> None:
    builds = ["paris_design", "paris_lab", "paris_staff", "st_design", "st_lab"]
    chosen = [3, 4, 2, 0, 2, 3, 0, 1, 2, 0]
    macs = {
        f"C02A{number:02}SYNTH": [f"site_{builds[each].partition('_')[0]}", builds[each]]
        for number, each in enumerate(chosen)
    }
    macs["C02A01SYNTH"].append("extras")
    macs["C02A08SYNTH"].append("extras")
    macs["C02A09SYNTH"].pop(0)

    layout = layout_of(macs, "site_paris", "site_st", "extras", *builds)

    assert layout.builds == NamesForm(tuple((each, each) for each in builds))


def test_what_only_some_macs_include_besides_is_not_in_the_list() -> None:
    macs = {
        f"C02A{number:02}SYNTH": [["faculty", "staff", "student"][number % 3], "adobe"][
            : number % 4
        ]
        for number in range(24)
        if number % 4
    }

    layout = layout_of(macs, "faculty", "staff", "student", "adobe")

    assert written("", layout) == (
        '[munki]\nalways = []\nsites = false\nbuilds = {names = ["faculty", "staff", "student"]}'
    )


def test_macs_that_include_nothing_else_do_not_hide_what_the_others_choose_from() -> None:
    roles = ["Front Desk", "Studio"]
    macs = {f"C02A{n:02}SYNTH": ["Base", *roles[n % 3 : n % 3 + 1]] for n in range(12)}

    layout = layout_of(macs, "Base", *roles)

    assert written("", layout) == (
        '[munki]\nalways = ["Base"]\nsites = false\nbuilds = {names = ["Front Desk", "Studio"]}'
    )


def test_what_each_mac_has_of_its_own_is_nothing_to_choose() -> None:
    macs = {f"C02A{n:02}SYNTH": [f"groups/{n % 3}", f"users/{n}"] for n in range(12)}

    layout = layout_of(macs, *(entry for entries in macs.values() for entry in entries))

    assert layout == Layout(always=(), sites=FolderForm("groups"), builds=None)


def test_what_each_of_a_few_macs_has_of_its_own_is_nothing_to_choose_either() -> None:
    macs = {f"C02A{n:02}SYNTH": [f"users/{n}"] for n in range(6)}

    layout = layout_of(macs, *(f"users/{n}" for n in range(6)), "groups/a", "groups/b")

    assert layout.sites == FolderForm("groups")


def test_a_list_is_found_beside_a_form_and_what_some_macs_include_besides() -> None:
    places = ["hq", "leeds", "oslo", "paris"]
    macs = {
        f"C02A{n:02}SYNTH": [f"role_{n % 3}", places[n % 4], *([f"p-{n % 3}"] if n % 5 < 2 else [])]
        for n in range(30)
    }

    layout = layout_of(macs, *(entry for entries in macs.values() for entry in entries))

    assert layout.sites == NamesForm(tuple((place, place) for place in places))
    assert layout.builds == PrefixForm("role_")


def test_a_list_of_all_is_rather_taken_than_a_beginning_that_some_have() -> None:
    units = ["prod_desk_a", "prod_desk_b", "prod_note_a", "test_note_b"]
    macs = {f"C02A{n:02}SYNTH": [units[n % 4]] for n in range(12)}

    assert layout_of(macs, *units).builds == NamesForm(tuple((unit, unit) for unit in units))
