"""One Mac with its history, and the places where Macs go, for programs."""

import pytest

from tests.server.api.v1.conftest import Program
from tests.server.api.v1.test_registrations import register
from tests.support.fixtures.doors import Script


@pytest.mark.postgresql(instead=True)
def test_a_mac_is_shown_with_its_history_and_its_manifest(program: Program, script: Script) -> None:
    number = register(program)
    assert script.manifest(serial="C02XL0AAJGH5").status_code == 200

    by_serial = program.get("/macs", serial="c02xl0aajgh5")
    by_number = program.get(f"/macs/{number}")

    shown = by_serial.get_json()
    assert shown == by_number.get_json()
    version = program.get(f"/registrations/{number}").headers["ETag"].partition("/")[0]
    assert by_serial.headers["ETag"].startswith(f"{version}/")
    assert [each["what"] for each in shown["events"]] == ["confirmed", "registered"]
    registered = shown["events"][1]
    assert (registered["via"], registered["token"]) == ("api", "service desk")
    assert registered["by"] == "service desk (api)"
    assert (shown["manifest"]["name"], shown["older"]) == ("C02XL0AAJGH5", 0)
    assert "included_manifests" in shown["manifest"]["new"]
    earlier = program.get("/macs", serial="C02XL0AAJGH5", before=shown["events"][0]["id"])
    assert [each["what"] for each in earlier.get_json()["events"]] == ["registered"]


def test_a_mac_that_nobody_registered_is_not_found_and_similar_ones_are_told_to_who_may_know(
    program: Program, of_paris: Program
) -> None:
    number = register(program)

    answer = program.get("/macs", serial="C02XL0AAJGH6")
    assert (answer.status_code, "C02XL0AAJGH5" in answer.get_json()["fix"]) == (404, True)
    for serial in ("C02XL0AAJGH6", "C02XL0AAJGH5"):
        hidden = of_paris.get("/macs", serial=serial)
        assert (hidden.status_code, hidden.text.count("C02XL0AAJGH5")) == (
            404,
            serial == "C02XL0AAJGH5",
        )
    assert of_paris.get(f"/macs/{number}").status_code == 404
    for query in ({}, {"serial": ""}, {"serial": "C02/../X"}, {"serial": "C02", "before": "x"}):
        assert program.get("/macs", **query).status_code == 400


def test_the_places_are_those_of_the_repo(program: Program, of_paris: Program) -> None:
    sites = [each["name"] for each in program.get("/sites").get_json()["items"]]
    builds = [each["name"] for each in program.get("/builds").get_json()["items"]]

    assert {"london", "paris"} <= set(sites)
    assert {"design", "kiosk"} <= set(builds)
    assert [each["name"] for each in of_paris.get("/sites").get_json()["items"]] == ["paris"]
    assert program.get("/sites", q="x").status_code == 400
