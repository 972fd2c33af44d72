"""Macs that programs hand in: read by the job runner, approved once, and undone."""

from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from provisioning.imports import sources
from provisioning.imports.models import HandedInFile
from tests.server.api.v1.conftest import HandIn, Program, make_token
from tests.server.board.intake.conftest import FIRST, SECOND, registered

LIST = f"Serial,Site,Build\n{FIRST},london,design\n{SECOND},paris,design\n"
DOUBTFUL = "C02XG0FDJGHO"


def send_file(program: Program, content: bytes, name: str = "list.csv", **headers: str) -> int:
    answer = program.send(
        "POST",
        "/imports/files",
        query={"name": name},
        data=content,
        headers={"Content-Type": "application/octet-stream", **headers},
    )
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["id"])


@pytest.mark.postgresql(instead=True)
def test_a_list_becomes_a_dry_run_and_then_registrations(
    program: Program, hand_in: HandIn, database: Database
) -> None:
    sent = program.post("/imports", {"text": LIST, "note": "van 3"})
    assert sent.status_code == 201
    assert sent.get_json()["state"] == "reading"
    number = hand_in(LIST, note="pallet 7")
    found = program.get(f"/imports/{number}").get_json()
    assert (found["state"], found["note"], found["via"]) == ("read", "pallet 7", "api")
    assert (found["counts"]["new"], found["sources"], found["sources_read"]) == (2, 1, 1)
    assert found["places"] == [
        {"site": "london", "build": "design", "macs": 1},
        {"site": "paris", "build": "design", "macs": 1},
    ]
    assert registered(database) == []

    done = program.change(f"/imports/{number}/register", {}).get_json()

    assert (done["new"], done["moved"], done["meanwhile"]) == (2, 0, [])
    assert done["imported"]["state"] == "registered"
    assert [mac[:3] for mac in registered(database)] == [
        (FIRST, "london", "design"),
        (SECOND, "paris", "design"),
    ]
    again = program.change(f"/imports/{number}/register", {})
    assert (again.status_code, again.get_json()["type"]) == (409, "/api/v1/#not-open")
    undone = program.post(f"/operations/{done['operation']}/undo").get_json()
    assert undone["restored"] == 2


def test_files_are_sent_ahead_and_handed_in_with_a_text(
    program: Program, hand_in: HandIn, database: Database
) -> None:
    one = send_file(program, f"{FIRST},london,design\n".encode())
    two = send_file(program, f"{SECOND},paris,design\n".encode(), "..\\up/second.txt")

    number = hand_in("C02ZZ0AAJGH9 london design", files=[one, two])

    found = program.get(f"/imports/{number}").get_json()
    assert (found["sources"], found["counts"]["new"]) == (3, 3)
    with database.reading() as session:
        assert session.get(HandedInFile, one) is None  # read, and kept no longer


def test_a_file_that_is_sent_again_with_its_key_is_kept_once(
    program: Program, database: Database
) -> None:
    one = send_file(program, b"C02ZZ0AAJGH9", Idempotency_Key="van-3")
    two = send_file(program, b"C02ZZ0AAJGH9", Idempotency_Key="van-3")

    assert one == two
    with database.reading() as session:
        assert session.query(HandedInFile).count() == 1


def test_a_file_of_another_person_is_not_handed_in(
    program: Program, program_with: Callable[[str], Program], database: Database
) -> None:
    number = send_file(program_with(make_token(database)), b"C02ZZ0AAJGH9")

    answer = program.post("/imports", {"files": [number]})

    assert (answer.status_code, answer.get_json()["type"]) == (409, "/api/v1/#files-gone")


def test_a_file_is_no_json_and_has_a_limit(program: Program) -> None:
    query, kind = {"name": "list.csv"}, {"Content-Type": "application/octet-stream"}
    as_json = program.send("POST", "/imports/files", {"a": 1}, query=query)
    large = program.send(
        "POST", "/imports/files", query=query, data=b"x" * (sources.LARGEST + 1), headers=kind
    )
    nameless = program.send("POST", "/imports/files", data=b"x", headers=kind)

    assert [as_json.status_code, large.status_code, nameless.status_code] == [415, 413, 400]


def test_what_a_file_cannot_be_read_as_is_said_in_its_rows(
    program: Program, hand_in: HandIn
) -> None:
    number = hand_in(files=[send_file(program, b"\x89PNG\r\n", "photo.png")])

    (row,) = program.get(f"/imports/{number}/rows").get_json()["items"]
    assert (row["kind"], row["serial"]) == ("invalid", "photo.png")
    assert row["why"]


def test_nothing_is_handed_in_and_unknown_places_are_refused(program: Program) -> None:
    assert program.post("/imports", {}).get_json()["type"] == "/api/v1/#nothing-handed-in"
    answer = program.post("/imports", {"text": FIRST, "site": "lundon"})
    assert (answer.status_code, answer.get_json()["detail"]) == (
        404,
        "The Munki repo has no site named 'lundon'.",
    )
    assert program.get("/imports").get_json()["items"] == []


def test_where_macs_go_that_name_no_place_is_chosen(program: Program, hand_in: HandIn) -> None:
    number = hand_in(f"{FIRST}\n{SECOND}")
    wants = program.get(f"/imports/{number}").get_json()["wants"]

    program.change(f"/imports/{number}/choose", {"site": "london"})
    chosen = program.change(f"/imports/{number}/choose", {"build": "design"}).get_json()

    assert wants == ["site", "build"]
    assert chosen["places"] == [{"site": "london", "build": "design", "macs": 2}]


def test_doubtful_rows_are_registered_where_the_approval_names_them(
    program: Program, hand_in: HandIn
) -> None:
    number = hand_in(f"{FIRST},london,design\n{DOUBTFUL},london,design")

    left = program.post(f"/imports/{number}/register", {}, If_Match="*").get_json()
    other = hand_in(f"{DOUBTFUL},london,design")
    nothing = program.change(f"/imports/{other}/register", {})
    taken = program.change(f"/imports/{other}/register", {"including": ["doubtful"]}).get_json()

    assert left["new"] == 1
    assert (nothing.status_code, nothing.get_json()["type"]) == (409, "/api/v1/#nothing-left")
    assert taken["new"] == 1


def test_what_changed_since_it_was_read_is_not_approved(
    program: Program, hand_in: HandIn, database: Database
) -> None:
    number = hand_in(f"{FIRST},london,design\n{DOUBTFUL},london,design")
    etag = program.get(f"/imports/{number}").headers["ETag"]
    change = {"number": 1, "version": 0, "serial": "C02XG0FDJGHI"}
    assert program.post(f"/imports/{number}/rows", {"rows": [change]}).status_code == 200

    answer = program.post(f"/imports/{number}/register", {"including": ["doubtful"]}, If_Match=etag)

    assert answer.status_code == 412
    assert registered(database) == []


def test_an_import_is_dropped_once(program: Program, hand_in: HandIn) -> None:
    number = hand_in(LIST)

    dropped = program.change(f"/imports/{number}/drop")

    assert dropped.get_json()["state"] == "dropped"
    assert program.change(f"/imports/{number}/drop").status_code == 409
    assert program.get("/imports").get_json()["items"] == []
    (only,) = program.get("/imports", state="dropped").get_json()["items"]
    assert only["id"] == number


def test_imports_are_listed_page_by_page(program: Program, hand_in: HandIn) -> None:
    numbers = [hand_in(LIST) for _ in range(3)]

    first = program.get("/imports", limit=2).get_json()
    second = program.get("/imports", limit=2, cursor=first["next"]).get_json()

    assert [each["id"] for each in first["items"]] == numbers[:0:-1]
    assert [each["id"] for each in second["items"]] == numbers[:1]
    assert second["next"] is None


def test_a_token_of_a_site_sees_its_own_imports_alone(
    program: Program, of_paris: Program, hand_in: HandIn, database: Database
) -> None:
    theirs = hand_in(LIST)
    own = hand_in(LIST, by=of_paris)

    assert [each["id"] for each in of_paris.get("/imports").get_json()["items"]] == [own]
    assert of_paris.get(f"/imports/{theirs}").status_code == 404
    assert of_paris.get(f"/imports/{theirs}/rows").status_code == 404
    refused = of_paris.change(f"/imports/{own}/register", {})
    assert (refused.status_code, refused.get_json()["type"]) == (403, "/api/v1/#outside-token")
    assert registered(database) == []
    row = {"number": 0, "version": 0, "decision": "out"}
    of_paris.post(f"/imports/{own}/rows", {"rows": [row]})
    assert of_paris.change(f"/imports/{own}/register", {}).get_json()["new"] == 1
    assert [mac[:2] for mac in registered(database)] == [(SECOND, "paris")]


def test_where_a_mac_is_at_a_site_beyond_the_token_is_not_told(
    program: Program, of_paris: Program, hand_in: HandIn
) -> None:
    program.change(f"/imports/{hand_in(LIST)}/register", {})
    number = hand_in(f"{FIRST},paris,design\n{SECOND},paris,design", by=of_paris)

    rows = of_paris.get(f"/imports/{number}/rows").get_json()["items"]

    assert [row["standing"] and row["standing"]["site"] for row in rows] == [None, "paris"]


def test_a_place_is_named_in_capitals_too(of_paris: Program, hand_in: HandIn) -> None:
    number = hand_in(FIRST, by=of_paris, site="Paris", build="design")

    assert of_paris.get(f"/imports/{number}").get_json()["site"] == "paris"
    assert of_paris.change(f"/imports/{number}/choose", {"site": "London"}).status_code == 403
