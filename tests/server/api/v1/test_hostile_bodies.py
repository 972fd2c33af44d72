"""Bodies and headers that no honest program sends: each is a problem, none a failure of ours."""

from typing import Any

from infrastructure.database.engine import Database
from tests.server.api.v1.conftest import Program
from tests.server.board.intake.conftest import registered
from tests.support.tables import for_each

BODIES = {
    "deep": b'{"serial": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "NUL": b'{"serial": "C02\\u0000", "site": "london", "build": "design"}',
    "lone surrogate": b'{"serial": "C02\\ud800", "site": "london", "build": "design"}',
    "number": b'{"serial": 1e999, "site": "london", "build": "design"}',
    "NaN": b'{"serial": NaN}',
    "not UTF-8": b'{"serial": "\xff\xfe"}',
    "list": b"[]",
    "nothing": b"",
    "long number": b'{"serial": ' + b"9" * 10_000 + b"}",
    "two bodies": b'{"serial": "C02AAA"}{"serial": "C02BBB"}',
    "twice": b'{"serial": "C02AAA", "site": "london", "build": "design", "serial": "C02BBB"}',
}
PATHS = ("/registrations", "/registrations/bulk", "/registrations/change", "/imports", "/benches")


@for_each("body", BODIES.values(), ids=BODIES)
def test_a_hostile_body_is_a_problem_and_does_nothing(
    program: Program, database: Database, body: bytes
) -> None:
    for path in PATHS:
        answer = program.send("POST", path, data=body)
        assert (path, answer.status_code) == (path, 400)
        assert answer.mimetype == "application/problem+json"
    assert registered(database) == []


HOSTILE = "\r\nSet-Cookie: a=b\u202e<script>alert(1)</script>\x07"


@for_each(
    ("path", "body"),
    [
        ("/registrations", {"serial": "C02XL0AAJGH5", "site": HOSTILE, "build": HOSTILE}),
        ("/registrations", {"serial": HOSTILE, "site": "london", "build": "design"}),
        ("/imports", {"text": HOSTILE, "site": HOSTILE}),
        ("/webhooks", {"url": f"https://example.com/{HOSTILE}"}),
        ("/webhooks", {"url": "https://example.com/", "description": HOSTILE, "types": [HOSTILE]}),
    ],
)
def test_hostile_texts_stay_texts(program: Program, path: str, body: dict[str, Any]) -> None:
    answer = program.post(path, body)

    assert 400 <= answer.status_code < 500
    assert "Set-Cookie" not in answer.headers
    assert "\x07" not in answer.get_data(as_text=True)


def test_what_is_kept_of_a_files_name_is_one_line_of_it(program: Program) -> None:
    answer = program.send(
        "POST",
        "/imports/files",
        query={"name": f"../../{HOSTILE}.csv"},
        data=b"C02XL0AAJGH5",
        headers={"Content-Type": "application/octet-stream"},
    )

    name = answer.get_json()["name"]
    assert "/" not in name.partition("<")[0]
    assert not set("\r\n\x07\u202e") & set(name)


def test_an_odd_condition_changes_nothing(program: Program) -> None:
    mac = {"serial": "C02XL0AAJGH5", "site": "london", "build": "design"}
    number = program.post("/registrations", mac).get_json()["registration"]["id"]

    for condition in ('W/"1-9"', '"a", "b"', '""', "\x00"):
        answer = program.post(f"/registrations/{number}/cancel", If_Match=condition)
        assert (condition, answer.status_code in (400, 412, 428)) == (condition, True)

    assert program.get(f"/registrations/{number}").get_json()["state"] == "waiting"


def test_a_field_that_comes_twice_is_named(program: Program) -> None:
    rows = b'{"rows": [{"serial": "C02AAA", "site": "london", "build": "kiosk", "site": "paris"}]}'

    answer = program.send("POST", "/registrations/bulk", data=rows)

    assert answer.status_code == 400
    assert answer.get_json()["faults"] == [{"at": "site", "why": "this field comes twice"}]


def test_json_as_powershell_writes_it_to_a_file_is_read(program: Program) -> None:
    body = '\ufeff{"serial": "C02XL0AAJGH5", "site": "london", "build": "design"}\r\n'

    assert program.send("POST", "/registrations", data=body.encode()).status_code == 201


def test_a_note_is_one_line_of_what_is_seen(program: Program) -> None:
    note, place = "van\n3 \u202e\x07\u200b left", {"site": "london", "build": "design"}

    program.post("/registrations", {"serial": "C02XL0AAJGH5", **place, "note": note})
    program.post("/registrations/bulk", {"rows": [{"serial": "VM-B", **place}], "note": note})
    program.post("/imports", {"text": "VM-C", "note": note})

    batches = program.get("/batches").get_json()["items"]
    imports = program.get("/imports").get_json()["items"]
    assert [each["note"] for each in batches + imports] == ["van 3 left"] * 3
