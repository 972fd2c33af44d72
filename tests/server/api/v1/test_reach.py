"""Tokens of certain sites: what they hear of Macs and of sites beyond these."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from tests.server.api.v1.conftest import HandIn, Program
from tests.server.api.v1.test_registrations import LONDON, register

PARIS = {"site": "paris", "build": "design"}
THEIRS, OURS, CALLED = "C02XL0AAJGH5", "C02ZZ0AAJGH9", "C02YK1QWLVDN"
HIDDEN = "a Mac that this token does not reach"


@pytest.fixture
def theirs(program: Program) -> int:
    """A Mac of another site, called as another serial is, and with a name."""
    return register(program, THEIRS, name=CALLED.lower())


def our_mac(of_paris: Program) -> str:
    """Register a Mac of our site, and return its path."""
    answer = of_paris.post("/registrations", {"serial": OURS, **PARIS})
    return answer.headers["Location"].removeprefix("/api/v1")


def doubtful_rows(**place: str) -> list[dict[str, str]]:
    """A slip of a serial, a serial that is a name, a name that is taken, a site that is none."""
    return [
        {"serial": THEIRS[:-1] + "6", **place},
        {"serial": CALLED, **place},
        {"serial": "C02XM0ABJGH7", **place, "name": CALLED.lower()},
        {"serial": "C02XN0ABJGH8", "site": "lundon", "build": "design"},
    ]


def test_a_name_is_taken_and_by_whom_is_told_to_who_sees_that_mac(
    program: Program, of_paris: Program, theirs: int
) -> None:
    paris = of_paris.post("/registrations", {"serial": OURS, **PARIS})
    path = paris.headers["Location"].removeprefix("/api/v1")
    taken = {"name": CALLED.lower(), "is_sure": True}

    answers = [
        of_paris.change(f"{path}/name", taken),
        of_paris.post(
            "/registrations", {"serial": "C02XM0ABJGH7", **PARIS, "name": CALLED.lower()}
        ),
        program.change(f"{path}/name", taken),
    ]
    program.change(f"/registrations/{theirs}/move", PARIS)
    answers.append(of_paris.change(f"{path}/name", taken))

    assert {answer.get_json()["type"] for answer in answers} == {"/api/v1/#computer-name-taken"}
    assert [THEIRS in answer.text for answer in answers] == [False, False, True, True]
    assert answers[0].get_json()["detail"] == f"Another Mac is already called {CALLED.lower()}."


def test_reasons_of_many_rows_name_no_mac_and_no_site_beyond_the_token(
    program: Program, of_paris: Program, theirs: int
) -> None:
    sent = {"rows": doubtful_rows(**PARIS), "dry_run": True}

    of_all, of_one = (
        each.post("/registrations/bulk", sent).get_json() for each in (program, of_paris)
    )
    program.change(f"/registrations/{theirs}/move", PARIS)
    seen = of_paris.post("/registrations/bulk", sent).get_json()

    assert [THEIRS in row["why"] for row in of_all["rows"]] == [True, True, True, False]
    assert "did you mean london?" in of_all["rows"][3]["why"]
    assert [row["outcome"] for row in of_one["rows"]] == [row["outcome"] for row in of_all["rows"]]
    assert [HIDDEN in row["why"] for row in of_one["rows"]] == [True, True, True, False]
    assert [word for word in (THEIRS, "london") if word in str(of_one)] == []
    assert [THEIRS in row["why"] for row in seen["rows"]] == [True, True, True, False]


def test_rows_of_a_dry_run_name_none_either(
    program: Program, of_paris: Program, theirs: int, hand_in: HandIn
) -> None:
    lines = ["Serial,Site,Build,Computer name"]
    lines += [
        f"{row['serial']},{row['site']},{row['build']},{row.get('name', '')}"
        for row in doubtful_rows(**PARIS)
    ]
    number = hand_in("\n".join(lines), by=of_paris)

    def rows(of: Program) -> list[dict[str, Any]]:
        return list(of.get(f"/imports/{number}/rows", limit=4).get_json()["items"])

    assert [THEIRS in row["why"] for row in rows(program)] == [True, True, True, False]
    assert [HIDDEN in row["why"] for row in rows(of_paris)] == [True, True, True, False]
    assert [word for word in (THEIRS, "london") if word in str(rows(of_paris))] == []
    taken = [{"number": 0, "version": 0, "decision": "take"}]
    assert of_paris.post(f"/imports/{number}/rows", {"rows": taken}).status_code == 200
    assert rows(program)[0]["kind"] == rows(of_paris)[0]["kind"] == "new"
    assert theirs


def test_what_becomes_of_macs_beyond_the_token_is_not_told_by_a_refusal(
    program: Program, of_paris: Program, theirs: int, hand_in: HandIn
) -> None:
    number = hand_in(f"{THEIRS},paris,design", by=of_paris)
    approved = of_paris.change(f"/imports/{number}/register", {"including": ["conflict"]})

    ours = of_paris.post("/registrations", {"serial": OURS, **PARIS}).get_json()
    path = f"/registrations/{ours['registration']['id']}"
    successor = "C02XR0ABJGH9"
    program.change(f"/registrations/{theirs}/replace", {"serial": successor, "kind": "mac"})
    replaced = of_paris.change(f"{path}/replace", {"serial": THEIRS, "kind": "mac"})
    told = program.change(f"{path}/replace", {"serial": THEIRS, "kind": "mac"})

    assert (approved.status_code, replaced.status_code) == (403, 409)
    assert "london" not in approved.text + replaced.text
    assert successor not in replaced.text
    assert f"was replaced by {successor}" in told.get_json()["detail"]


def test_an_undo_that_is_refused_does_not_say_where_the_mac_was(
    program: Program, of_paris: Program, theirs: int
) -> None:
    moved = program.change(f"/registrations/{theirs}/move", PARIS).get_json()["operation"]

    answer = of_paris.post(f"/operations/{moved}/undo")

    assert answer.status_code == 403
    assert LONDON["site"] not in answer.text


def test_the_site_of_a_token_is_named_letter_by_letter(of_paris: Program) -> None:
    assert of_paris.get("/statistics", site="paris").status_code == 200

    answer = of_paris.get("/statistics", site="Paris")

    assert (answer.status_code, answer.get_json()["type"]) == (403, "/api/v1/#outside-token")
    assert "/api/v1/token lists the sites of this one" in answer.get_json()["fix"]
    assert of_paris.get("/registrations", site="Paris").get_json()["items"] == []


def test_entries_in_the_way_of_a_replacement_are_not_named(
    program: Program, of_paris: Program, theirs: int, manifests: Path
) -> None:
    program.change(f"/registrations/{theirs}/cancel")
    own = {"managed_installs": ["Figma"], "included_manifests": ["secret_london_vip"]}
    (manifests / THEIRS).write_bytes(plistlib.dumps(own))
    asked = {"serial": THEIRS, "kind": "mac"}
    path = our_mac(of_paris)

    answers = [each.change(f"{path}/replace", asked) for each in (of_paris, program)]

    hidden, told = (answer.get_json() for answer in answers)
    assert hidden["type"] == told["type"] == "/api/v1/#not-replaceable"
    assert hidden["detail"] == (
        f"The manifest {THEIRS} has entries of its own. Move them into the other Mac's manifest, "
        "or remove that manifest, and ask again."
    )
    assert "managed_installs, secret_london_vip" in told["detail"]


def test_a_broken_link_in_the_way_of_a_replacement_does_not_say_where_it_leads(
    program: Program, of_paris: Program, manifests: Path
) -> None:
    (manifests / THEIRS).symlink_to("secret_london_vip")
    path = our_mac(of_paris)

    hidden, told = (
        each.change(f"{path}/replace", {"serial": THEIRS, "kind": "mac"}).get_json()
        for each in (of_paris, program)
    )

    assert hidden["type"] == told["type"] == "/api/v1/#manifest-unreadable"
    assert "london" not in str(hidden)
    assert "secret_london_vip" in told["detail"]


def test_a_manifest_of_the_same_name_is_not_spelled(
    program: Program, of_paris: Program, manifests: Path
) -> None:
    (manifests / "london-vip").write_bytes(plistlib.dumps({}))
    path = our_mac(of_paris)
    row = {"serial": "C02XM0ABJGH7", **PARIS, "name": "LONDON-VIP"}

    def answers(each: Program) -> list[dict[str, Any]]:
        return [
            each.change(f"{path}/name", {"name": "LONDON-VIP", "is_sure": True}).get_json(),
            each.change(f"{path}/name", {"name": "LONDON-VIP.desk"}).get_json(),
            each.post("/registrations", {**row, "is_sure": True}).get_json(),
            each.post("/registrations/bulk", {"rows": [row], "dry_run": True}).get_json(),
        ]

    hidden, told = answers(of_paris), answers(program)
    kinds = ["computer-name-clashes", "doubtful-name", "computer-name-clashes"]
    assert [each["type"].partition("#")[2] for each in hidden[:3]] == kinds
    assert ["london-vip" in str(each) for each in told] == [True] * 4
    assert ["london-vip" in str(each) for each in hidden] == [False] * 4
    assert hidden[0]["detail"] == (
        f"{OURS} cannot be called LONDON-VIP, because Munki asks for a Mac's host name before its "
        "serial, and there is a manifest of that name: it would get that."
    )
    assert "there is a manifest of that name" in hidden[3]["rows"][0]["why"]


def test_the_other_mac_of_a_replacement_is_named_where_the_token_reaches_it(
    program: Program, of_paris: Program, theirs: int
) -> None:
    path, other, successor = our_mac(of_paris), "C02XM0ABJGH7", "C02XR0ABJGH9"
    ours = of_paris.post("/registrations", {"serial": other, **PARIS})
    standing = of_paris.change(f"{path}/replace", {"serial": other, "kind": "mac"}).get_json()
    program.change(f"/registrations/{theirs}/replace", {"serial": successor, "kind": "mac"})
    hidden = of_paris.change(f"{path}/replace", {"serial": THEIRS, "kind": "mac"}).get_json()
    program.change(f"/registrations/{theirs}/move", PARIS)
    told = of_paris.change(f"{path}/replace", {"serial": THEIRS, "kind": "mac"}).get_json()

    assert ours.status_code == 201
    assert standing["detail"] == f"{other} is registered for paris/design; cancel that first."
    assert f"was replaced by {successor}" in told["detail"]
    assert told["fix"] == "Do what the detail says, then send it again."
    assert hidden["detail"] == "That serial is of a Mac that this token does not reach."
    assert hidden["fix"] == "Send another serial, or use a token that reaches that Mac."
