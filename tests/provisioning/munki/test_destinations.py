"""Sites and builds of a Munki repo, and the nearest ones to a name that is none."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.munki import Destination, MunkiRepo, opened
from provisioning.munki.destinations import MAX_ADVISED, DestinationIndex
from provisioning.munki.errors import RepoUnusable, UnknownBuild, UnknownSite
from tests.support.tables import for_each

AddSite = Callable[[str], Path]


@pytest.fixture
def add_site(manifests: Path) -> AddSite:
    """Have an admin add a site."""

    def add(name: str) -> Path:
        path = manifests / "included_manifests" / "sites" / name
        path.write_text("<plist/>")
        return path

    return add


def test_sites_and_builds_are_listed_in_order(repo: MunkiRepo) -> None:
    assert repo.now().sites() == ["london", "new york", "paris"]
    assert repo.now().builds() == ["basic", "design", "developer", "kiosk"]


def test_accents_and_capitals_do_not_change_the_order(repo: MunkiRepo, repo_folder: Path) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    for name in ("Zürich", "Ängelholm", "Łódź", "aachen"):
        (sites / name).write_bytes((sites / "paris").read_bytes())

    assert repo.now().sites() == [
        *("aachen", "Ängelholm", "Łódź", "london", "new york", "paris", "Zürich")
    ]


def test_what_an_admin_adds_is_there_at_once(repo: MunkiRepo, add_site: AddSite) -> None:
    add_site("berlin")

    assert repo.now().sites()[0] == "berlin"
    assert repo.now().destination("Berlin", "basic") == Destination("berlin", "basic")


@for_each("typed", ["london", "LONDON", "LoNdOn", " london\n"])
def test_a_site_is_found_in_any_case(repo: MunkiRepo, typed: str) -> None:
    assert repo.now().destination(typed, "DESIGN") == Destination("london", "design")


def test_a_number_is_found_without_the_zeros_at_its_beginning(
    repo: MunkiRepo, add_site: AddSite
) -> None:
    for number in ("042", "0", "7", "07"):
        add_site(number)
    now = repo.now()

    assert [now.site(typed) for typed in ("42", "042", "0042", "00", "7", "07")] == [
        "042", "042", "042", "0", "7", "07",
    ]  # fmt: skip
    for typed in ("", "007", "420"):
        with pytest.raises(UnknownSite):
            now.site(typed)


def test_the_exact_name_wins_where_two_differ_only_by_case(
    repo: MunkiRepo, add_site: AddSite
) -> None:
    add_site("LONDON")

    assert repo.now().destination("london", "basic").site == "london"
    assert repo.now().destination("LONDON", "basic").site == "LONDON"
    with pytest.raises(UnknownSite) as caught:
        repo.now().destination("London", "basic")
    assert caught.value.nearest == ("LONDON", "london")


def test_an_unknown_site_is_told_with_the_nearest_ones(repo: MunkiRepo) -> None:
    with pytest.raises(UnknownSite, match="has no site named 'Lodnon'") as caught:
        repo.now().destination("Lodnon", "basic")

    assert caught.value.nearest[0] == "london"
    assert caught.value.name == "Lodnon"


@for_each("typed", ["new-york", "NewYork", "New_York", "new. york", "nêw york"])
def test_a_site_may_be_typed_as_phones_and_people_write_it(repo: MunkiRepo, typed: str) -> None:
    assert repo.now().site(typed) == "new york"
    with pytest.raises(UnknownSite):  # headers and programs write names as they are
        repo.now().exact_destination(typed, "basic")


def test_letters_that_two_sites_have_mean_neither(repo: MunkiRepo, add_site: AddSite) -> None:
    add_site("new_york")

    assert repo.now().site("new york") == "new york"
    with pytest.raises(UnknownSite):
        repo.now().site("newyork")


def test_numbers_with_a_sign_between_them_are_not_those_that_it_parts_otherwise(
    repo: MunkiRepo, add_site: AddSite
) -> None:
    add_site("room 1-12")

    assert repo.now().site("Room_1.12") == "room 1-12"
    for typed in ("room 11-2", "room 112"):
        with pytest.raises(UnknownSite):
            repo.now().site(typed)


def test_an_unknown_build_is_told_with_the_nearest_ones(repo: MunkiRepo) -> None:
    with pytest.raises(UnknownBuild, match="has no build named 'develper'") as caught:
        repo.now().destination("london", "develper")

    assert caught.value.nearest[0] == "developer"


def test_a_name_like_no_other_has_no_near_ones(repo: MunkiRepo) -> None:
    with pytest.raises(UnknownSite) as caught:
        repo.now().destination("xqzw", "basic")

    assert caught.value.nearest == ()


@for_each(
    "typed",
    [
        *("", " ", ".", "..", "../builds/basic", "../../site_default", "/etc/passwd"),
        *("london/", "./london", "london\0", "lon\ndon", "x" * 5000, "\ud800", ".hidden"),
    ],
)
def test_nothing_else_can_be_reached_with_a_name(
    repo: MunkiRepo, add_site: AddSite, typed: str
) -> None:
    add_site(".hidden")
    with pytest.raises(UnknownSite):
        repo.now().destination(typed, "basic")


def test_a_site_in_a_folder_of_its_own_is_its_whole_path_or_a_unique_end_of_it(
    repo: MunkiRepo, manifests: Path, add_site: AddSite
) -> None:
    (manifests / "included_manifests" / "sites" / "europe").mkdir()
    add_site("europe/rome")

    for typed in ("europe/rome", "Europe/ROME", "rome"):
        assert repo.now().destination(typed, "basic").site == "europe/rome"
    for typed in ("europe/../london", "europe", "/rome"):
        with pytest.raises(UnknownSite):
            repo.now().destination(typed, "basic")
    with pytest.raises(UnknownSite) as caught:
        repo.now().exact_destination("rome", "basic")
    assert caught.value.nearest == ("europe/rome",)


def test_folders_and_dot_files_are_no_sites(
    repo: MunkiRepo, manifests: Path, add_site: AddSite
) -> None:
    add_site(".DS_Store")
    add_site("._london")
    (manifests / "included_manifests" / "sites" / "europe").mkdir()

    assert repo.now().sites() == ["london", "new york", "paris"]
    with pytest.raises(UnknownSite):
        repo.now().destination("europe", "basic")


@for_each("name", [b"caf\xe9", b"two\nlines", b"bell\x07", b"x" * 76])
def test_a_name_that_slack_cannot_show_is_no_site(
    repo: MunkiRepo, manifests: Path, name: bytes
) -> None:
    path = os.fsencode(manifests / "included_manifests" / "sites") + b"/" + name
    with open(path, "wb"):
        pass

    assert repo.now().sites() == ["london", "new york", "paris"]


@for_each(
    "name",
    [
        *("King's Cross", 'the "lab"', "São Paulo", "東京", "🍎", "R&D", "$(id)", "-rf"),
        *("a, b", "back\\slash", "{{serial_number}}", "x" * 75, "🍎" * 63, "%s", "STRAßE"),
    ],
)
def test_any_name_that_can_be_shown_is_a_site_like_any_other(
    repo: MunkiRepo, add_site: AddSite, name: str
) -> None:
    add_site(name)

    assert name in repo.now().sites()
    assert repo.now().destination(name, "basic").site == name
    assert repo.now().destination(name.swapcase(), "basic").site == name


@pytest.mark.parametrize("name", ["london ", " london", " "])
def test_every_site_that_is_offered_can_be_chosen(
    repo: MunkiRepo, add_site: AddSite, name: str
) -> None:
    """An admin copied a file and left a blank at the end of its name."""
    add_site(name)

    for site in repo.now().sites():
        assert repo.now().destination(site, "basic").site == site


def test_a_repo_without_its_folders_says_which_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RepoUnusable, match=r"No such .*sites\); mount the repo, or make that"):
        opened(str(tmp_path)).now().sites()
    with pytest.raises(RepoUnusable, match=r"No such file or directory .*sites"):
        opened(str(tmp_path)).now().destination("london", "basic")


def test_names_are_found_in_any_case_and_however_their_letters_are_stored(
    repo: MunkiRepo, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / unicodedata.normalize("NFD", "Zürich")).write_bytes((sites / "paris").read_bytes())
    places = DestinationIndex(repo.now())

    assert places.look_up("LONDON", " Design ") == Destination("london", "design")
    assert places.look_up("New  York", "kiosk") == Destination("new york", "kiosk")
    found = places.look_up("ZÜRICH", "kiosk")
    assert isinstance(found, Destination)
    assert unicodedata.normalize("NFC", found.site) == "Zürich"


def test_what_leads_nowhere_says_why_with_the_nearest_name(repo: MunkiRepo) -> None:
    places = DestinationIndex(repo.now())

    assert places.look_up(None, "design") == "names no site"
    assert places.look_up("", None) == "names no site and no build"
    assert places.look_up("londn", "design") == (
        "is for 'londn', and there is no site of that name; did you mean london?"
    )
    assert places.look_up("london", "qqq") == "is for 'qqq', and there is no build of that name"


def test_only_so_many_names_are_compared_with_all_others(repo: MunkiRepo) -> None:
    places = DestinationIndex(repo.now())
    said = [str(places.look_up(f"londn{number}", "design")) for number in range(200)]

    assert sum("did you mean" in one for one in said) == MAX_ADVISED
