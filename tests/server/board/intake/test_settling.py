"""Dry runs on the board that people register or drop: once, and with their rights."""

from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.imports.models import DROPPED, READ, REGISTERED
from provisioning.registrations.models import Operation
from tests.server.board.conftest import Browser
from tests.server.board.intake.conftest import FIRST, SECOND, HandIn, registered, seen, stored


def test_what_is_registered_twice_is_registered_once(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} london design")
    digest = seen(alice, path)

    answers = [each.post(f"{path}/register", None, seen=digest) for each in (alice, alice, bob)]
    dropped = bob.post(f"{path}/drop", None, seen=digest)

    assert {(each.status_code, each.location) for each in answers} == {(303, path)}
    assert (dropped.status_code, stored(database)[0].state) == (303, REGISTERED)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Operation)) == 1


def test_the_choices_of_the_form_hold_for_what_names_none(
    alice: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, FIRST, site="london")
    page = alice.get(path).text

    assert "Build of the Macs that name none" in page
    assert "Site of the Macs that name none" not in page
    for name in ("lundon", "x\0" * 300):
        assert alice.post(f"{path}/choose", None, build=name).status_code == 404
    assert alice.post(f"{path}/choose", None, build="design").status_code == 303
    assert "london / design" in alice.get(path).text
    alice.post(f"{path}/register", None, seen=seen(alice, path))
    assert registered(database) == [(FIRST, "london", "design", "waiting")]


def test_a_dry_run_that_changed_meanwhile_is_not_registered(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} london")
    before = seen(alice, path)
    alice.post(f"{path}/choose", None, build="design")

    for act in ("register", "drop"):
        refused = alice.post(f"{path}/{act}", None, seen=before)
        assert (refused.status_code, "Somebody changed this dry run" in refused.text) == (409, True)
    assert stored(database)[0].state == READ
    assert alice.post(f"{path}/drop", None, seen=seen(alice, path)).status_code == 303
    assert stored(database)[0].state == DROPPED
    assert "Dropped" in alice.get(path).text


def test_the_policy_holds_for_what_is_handed_in(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(alice, f"{FIRST} paris design")
    page = alice.get(path).text

    refused = alice.post(f"{path}/register", None, seen=seen(alice, path))

    assert "You may not register Macs for Paris." in page
    assert '<button disabled aria-describedby="why-0">Register 1 Mac<' in page
    assert (refused.status_code, registered(database)) == (403, [])
    assert bob.post(f"{path}/register", None, seen=seen(bob, path)).status_code == 303
    assert [row[1] for row in registered(database)] == ["paris"]
    theirs = hand_in(bob, f"{SECOND} paris design")
    assert '<button disabled aria-describedby="why-0">Drop<' in alice.get(theirs).text
    kept = alice.post(f"{theirs}/drop", None, seen=seen(bob, theirs))
    assert (kept.status_code, stored(database)[1].state) == (403, READ)


def test_what_an_approval_includes_is_for_who_may_register_there(
    alice: Browser, bob: Browser, database: Database, hand_in: HandIn
) -> None:
    path = hand_in(bob, f"{SECOND} paris design")
    bob.post(f"{path}/register", None, seen=seen(bob, path))
    path = hand_in(alice, f"Serial,Site,Build\nC02XG0FDJGHO,paris,design\n{SECOND},london,design\n")
    page = alice.get(path).text
    assert page.index("C02XG0FDJGHO") < page.index(SECOND)

    for kind, named in (("doubtful", "Paris"), ("conflict", "Paris"), ("doubtful conflict", "")):
        refused = alice.post(f"{path}/register", None, seen=seen(alice, path), including=kind)
        assert (refused.status_code, f"Macs for {named}" in refused.text) == (403, True), kind
    assert [row[:2] for row in registered(database)] == [(SECOND, "paris")]


def test_macs_of_a_site_that_is_not_ones_own_are_not_offered_to_be_moved(
    alice: Browser, bob: Browser, hand_in: HandIn
) -> None:
    path = hand_in(bob, f"{FIRST} paris design")
    bob.post(f"{path}/register", None, seen=seen(bob, path))
    path = hand_in(alice, f"{FIRST} london design\n{SECOND} london design")

    page = alice.get(path).text
    refused = alice.post(f"{path}/register", None, seen=seen(alice, path), including="conflict")

    assert '<button class="primary">Register 1 Mac<' in page
    assert '<button disabled aria-describedby="why-0">Move 1 conflict too<' in page
    assert "You may not register Macs for Paris." in page
    assert refused.status_code == 403
