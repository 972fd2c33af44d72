"""Names of sites and builds in lists, and the destinations that they lead to."""

import unicodedata
from pathlib import Path

import pytest

from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import MAX_ADVISED, DestinationIndex
from provisioning.munki.errors import UnknownSite


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


def test_a_number_is_found_without_the_zeros_at_its_beginning(
    repo: MunkiRepo, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    for number in ("042", "0", "7", "07"):
        (sites / number).write_bytes((sites / "paris").read_bytes())
    now = repo.now()

    assert [now.site(typed) for typed in ("42", "042", "0042", "00", "7", "07")] == [
        "042", "042", "042", "0", "7", "07",
    ]  # fmt: skip
    for typed in ("", "007", "420"):
        with pytest.raises(UnknownSite):
            now.site(typed)


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
