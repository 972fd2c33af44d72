"""Placement of a Mac by its registration and its script, and the cases that are news."""

from datetime import timedelta

from provisioning.firstboot.placement import (
    CurrentRegistration,
    DestinationSource,
    PlacedMac,
    Placement,
    Requested,
    decide,
)
from provisioning.munki import Destination
from tests.support.fixtures.repo import LONDON, MAC, PARIS
from tests.support.inputs.examples import NOON
from tests.support.tables import for_each

QUIET = timedelta(hours=72)


def placed(**keys: object) -> PlacedMac:
    """The placement of a Mac that alice registered for London and that was confirmed at noon."""
    given = {"destination": LONDON, "registered_by": "U0ALICE", "confirmed_at": NOON, **keys}
    known = CurrentRegistration(id=1, revision=2, card_id=None, **given)  # type: ignore[arg-type]
    return PlacedMac(MAC, LONDON, Requested("london", "design"), known)


@for_each("said", [("london", "design"), ("LONDON", "Design"), ("lonDON", "DESIGN")])
def test_a_script_may_spell_its_destination_in_any_case(said: tuple[str, str]) -> None:
    assert Requested(*said).means(LONDON)


@for_each("said", [("paris", "design"), ("london", ""), ("", "london/design")])
def test_another_destination_is_no_spelling_of_ours(said: tuple[str, str]) -> None:
    assert not Requested(*said).means(LONDON)


def test_a_site_and_a_build_that_differ_only_in_where_one_ends_are_two() -> None:
    assert not Requested("new york", "x").means(Destination("new", "york x"))


def test_a_mac_that_nobody_knew_is_news() -> None:
    assert PlacedMac(MAC, LONDON, Requested("london", "design"), None).needs_recording(NOON, QUIET)


def test_a_registration_that_waits_is_news_even_where_the_manifest_stood_already() -> None:
    assert placed(confirmed_at=None).needs_recording(NOON, QUIET)


def test_a_confirmation_of_another_destination_is_news() -> None:
    assert placed(destination=PARIS).needs_recording(NOON, QUIET)


def test_a_mac_that_asks_again_is_no_news() -> None:
    assert not placed().needs_recording(NOON, QUIET)
    assert not placed().needs_recording(NOON + QUIET, QUIET)


def test_a_mac_that_asks_again_much_later_boots_for_the_first_time_again() -> None:
    assert placed().needs_recording(NOON + QUIET + timedelta(seconds=1), QUIET)


@for_each(
    ("by", "told", "author"),
    [
        ("U0ALICE", "registered by U0ALICE in Slack", "U0ALICE"),
        (None, "registered by nobody", None),
        ("adopted", "adopted", "adopted"),
    ],
)
def test_a_change_says_by_whom_the_mac_was_registered(
    by: str | None, told: str, author: str | None
) -> None:
    note = placed(registered_by=by).change_note

    assert (note.sentence, note.author) == (f"{MAC} → london/design, {told}", author)


def test_a_persons_registration_beats_what_the_script_says() -> None:
    for requested in (None, Requested("paris", "kiosk")):
        assert decide(placed().registration, requested) == Placement(
            DestinationSource.REGISTERED, LONDON
        )


def test_a_script_moves_a_mac_that_only_a_script_brought_in() -> None:
    brought_in = placed(registered_by=None).registration
    requested = Requested("Paris", "kiosk")
    expected = Placement(DestinationSource.SCRIPT, Destination("Paris", "kiosk"))
    assert decide(brought_in, requested) == decide(None, requested) == expected
    assert decide(brought_in, None) == Placement(DestinationSource.SCRIPT_BEFORE, LONDON)


def test_a_mac_of_which_nobody_has_said_anything_is_unknown() -> None:
    assert decide(None, None) == Placement(DestinationSource.UNKNOWN, None)
