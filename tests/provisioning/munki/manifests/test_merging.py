"""Changes of a manifest that sends a Mac to a place; everything else in it stays."""

from copy import deepcopy
from typing import Any

from hypothesis import given

from provisioning.munki import Destination
from provisioning.munki.manifests.documents import SITE_DEFAULT
from tests.support.fixtures.repo import LONDON
from tests.support.inputs import strategies
from tests.support.inputs.manifests import BUILDS, SITES, merge

OURS = [SITE_DEFAULT, "included_manifests/sites/london", "included_manifests/builds/design"]


def of_others(entries: list[str]) -> list[str]:
    return [e for e in entries if e != SITE_DEFAULT and not e.startswith((SITES, BUILDS))]


def included(*entries: str, to: Destination = LONDON) -> list[str]:
    """The included manifests after a manifest with `entries` was merged with a place."""
    return list(merge({"included_manifests": [*entries]}, to)["included_manifests"])


def test_a_new_manifest_is_what_munkis_own_tools_write() -> None:
    assert merge(None, LONDON) == {
        "catalogs": ["production"],
        "included_manifests": OURS,
        "managed_installs": [],
        "managed_uninstalls": [],
    }


def test_a_moved_mac_gets_its_new_entries_where_the_old_ones_stood() -> None:
    before = ["apps/first", f"{BUILDS}old", "apps/second", SITE_DEFAULT, f"{SITES}old", "apps/last"]

    assert included(*before) == ["apps/first", OURS[2], "apps/second", *OURS[:2], "apps/last"]


def test_entries_that_are_missing_come_before_those_of_others() -> None:
    assert included("apps/office", "apps/office") == [*OURS, "apps/office", "apps/office"]


def test_a_missing_entry_follows_the_one_that_munki_reads_before_it() -> None:
    assert included("apps/a", SITE_DEFAULT, "apps/b") == ["apps/a", *OURS, "apps/b"]
    assert included("apps/a", f"{SITES}old", "apps/b") == [OURS[0], "apps/a", *OURS[1:], "apps/b"]


def test_a_second_site_and_a_second_build_are_dropped() -> None:
    before = [*OURS, f"{SITES}paris", f"{BUILDS}kiosk", SITE_DEFAULT, f"{SITES}london"]

    assert included(*before) == OURS


def test_names_that_only_look_like_ours_belong_to_others() -> None:
    lookalikes = ["site_default_lab", "Site_Default", "included_manifests/sites", "sites/london"]

    assert included(*lookalikes) == [*OURS, *lookalikes]


@given(strategies.manifests, strategies.destinations)
def test_every_other_key_stays_as_it_was(manifest: dict[str, Any], to: Destination) -> None:
    merged = merge(manifest, to)

    for key in manifest.keys() - {"catalogs", "included_manifests"}:
        assert merged[key] == manifest[key]
    expected = manifest or {"managed_installs", "managed_uninstalls"}
    assert merged.keys() == {*expected, "catalogs", "included_manifests"}


@given(strategies.manifests, strategies.destinations)
def test_catalogs_are_kept_and_without_any_it_is_production(
    manifest: dict[str, Any], to: Destination
) -> None:
    assert merge(manifest, to)["catalogs"] == (manifest.get("catalogs") or ["production"])


@given(strategies.manifests, strategies.destinations)
def test_the_entries_of_others_keep_their_order_and_their_repetitions(
    manifest: dict[str, Any], to: Destination
) -> None:
    after = merge(manifest, to)["included_manifests"]

    assert of_others(after) == of_others(manifest.get("included_manifests", []))


@given(strategies.manifests, strategies.destinations)
def test_each_of_our_entries_stands_there_exactly_once(
    manifest: dict[str, Any], to: Destination
) -> None:
    after = merge(manifest, to)["included_manifests"]

    ours = [SITE_DEFAULT, f"{SITES}{to.site}", f"{BUILDS}{to.build}"]
    assert sorted(set(after) - set(of_others(after))) == sorted(ours)
    assert [after.count(entry) for entry in ours] == [1, 1, 1]


@given(strategies.manifests, strategies.destinations)
def test_sending_a_mac_twice_to_the_same_place_changes_nothing(
    manifest: dict[str, Any], to: Destination
) -> None:
    once = merge(manifest, to)

    assert merge(once, to) == once


@given(strategies.manifests, strategies.destinations, strategies.destinations)
def test_moving_a_mac_away_and_back_is_the_same_as_sending_it_once(
    manifest: dict[str, Any], home: Destination, away: Destination
) -> None:
    once = merge(manifest, home)

    assert merge(merge(once, away), home) == once


@given(strategies.manifests, strategies.destinations)
def test_the_manifest_that_was_read_is_not_touched(
    manifest: dict[str, Any], to: Destination
) -> None:
    before = deepcopy(manifest)

    merge(manifest, to)

    assert manifest == before
