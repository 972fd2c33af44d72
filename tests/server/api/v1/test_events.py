"""Events, statistics and unknown Macs, for programs."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import delete, select, update

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.outbox.models import Notification
from provisioning.registrations import history
from provisioning.registrations.models import Event
from provisioning.values.serials import Serial
from rollcall.settings import ServerSettings
from server.api.v1.frame.paging import cursor_of
from server.api.v1.frame.routes import LARGEST_NUMBER
from tests.server.api.v1.conftest import Program
from tests.server.api.v1.test_registrations import register
from tests.support.fixtures.doors import Script
from tests.support.tables import for_each


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server with a board."""
    board = AnyHttpUrl("https://rollcall.example.com")
    return server_settings.model_copy(update={"board_url": board})


@pytest.mark.postgresql(instead=True)
def test_a_program_reads_what_happened_and_goes_on_from_there(
    program: Program, script: Script
) -> None:
    number = register(program)
    assert script.manifest(serial="C02XL0AAJGH5").status_code == 200

    first = program.get("/events", limit=1).get_json()
    rest = program.get("/events", cursor=first["next"]).get_json()

    assert [each["type"] for each in (*first["items"], *rest["items"])] == [
        "mac.registered",
        "mac.confirmed",
    ]
    assert (first["more"], rest["more"]) == (True, False)
    told = rest["items"][0]["data"]
    assert (told["registration"], told["serial"], told["who"]) == (number, "C02XL0AAJGH5", None)
    assert told["link"] == "https://rollcall.example.com/board/macs/C02XL0AAJGH5"
    assert first["items"][0]["data"]["who"]["name"] == "service desk (api)"
    assert program.get("/events", cursor=rest["next"]).get_json()["items"] == []


def test_a_program_that_begins_now_misses_none_that_is_on_its_way(
    program: Program, database: Database
) -> None:
    register(program, "C02XL0AAJGH5")
    with database.begin() as session:
        session.execute(update(Event).values(at=datetime.now(UTC) - timedelta(hours=1)))
    register(program, "C02XL0ABJGH6")

    (told,) = program.get("/events", start="newest").get_json()["items"]

    assert told["data"]["serial"] == "C02XL0ABJGH6"


def test_events_of_other_sites_are_passed_over(program: Program, of_paris: Program) -> None:
    register(program)

    answer = of_paris.get("/events").get_json()

    assert answer["items"] == []
    assert answer["next"] == program.get("/events").get_json()["next"]


def test_an_event_that_is_committed_late_is_not_missed(
    program: Program, database: Database
) -> None:
    """A transaction of PostgreSQL may commit a lower id after a higher one."""
    for letter in "ABC":
        register(program, f"VM-{letter}{letter}{letter}", is_sure=True)
    now = datetime.now(UTC)
    with database.begin() as session:
        late, newest = session.scalars(select(Event.id).order_by(Event.id)).all()[1:]
        session.execute(delete(Event).where(Event.id == late))

    with database.reading() as session:
        assert history.following(session, 0, 10, now) == ([late - 1], False)
        assert history.following(session, 0, 10, now + timedelta(minutes=2)) == (
            [late - 1, newest],
            False,
        )
        assert history.following(session, 0, 1, now) == ([late - 1], True)


@for_each(
    ("path", "query"),
    [
        ("/events", {"cursor": "x"}),
        ("/events", {"cursor": "A" * 50}),
        ("/events", {"start": "middle"}),
        ("/events", {"limit": 0}),
        ("/events", {"limit": 501}),
        ("/statistics", {"weeks": 0}),
        ("/statistics", {"weeks": 53}),
        ("/statistics", {"site": ""}),
        ("/statistics", {"site": "a\0b"}),
        ("/unknown", {"cursor": "cjE6LTE"}),
        ("/unknown", {"cursor": cursor_of(LARGEST_NUMBER + 1)}),
        ("/unknown", {"serial": "C02"}),
    ],
)
def test_what_cannot_be_is_refused(program: Program, path: str, query: dict[str, str]) -> None:
    answer = program.get(path, **query)

    assert (answer.status_code, answer.get_json()["type"]) == (400, "/api/v1/#invalid")


def test_the_statistics_are_those_of_the_board(
    program: Program, of_paris: Program, script: Script
) -> None:
    register(program)
    register(program, "C02XL0ABJGH6")
    assert script.manifest(serial="C02XL0AAJGH5").status_code == 200

    shown = program.get("/statistics", weeks=1).get_json()

    (day,) = shown["days"]
    assert (day["site"], day["registered"], day["confirmed"], day["unconfirmed"]) == (
        "london",
        2,
        1,
        1,
    )
    assert (shown["overall"]["macs"], shown["waits"][0]["day"]) == (1, day["day"])
    assert of_paris.get("/statistics").status_code == 400
    assert of_paris.get("/statistics", site="london").status_code == 403
    assert of_paris.get("/statistics", site="paris").get_json()["days"] == []


def test_unknown_macs_are_listed_dismissed_and_settled_by_a_registration(
    program: Program, of_paris: Program, database: Database
) -> None:
    at = datetime.now(UTC)
    with database.begin() as session:
        for serial in ("C02XL0AAJGH5", "C02XL0ABJGH6", "C02XL0ACJGH7"):
            unknown.ask_about(session, Serial(serial), channel="C0", at=at)
        session.execute(update(Notification).values(state="sent"))

    first = program.get("/unknown", limit=2).get_json()
    second = program.get("/unknown", limit=2, cursor=first["next"]).get_json()
    assert [each["serial"] for each in (*first["items"], *second["items"])] == [
        "C02XL0ACJGH7",
        "C02XL0ABJGH6",
        "C02XL0AAJGH5",
    ]
    assert second["next"] is None
    path = f"/unknown/{first['items'][0]['id']}/dismiss"
    assert program.post(path).get_json()["serial"] == "C02XL0ACJGH7"
    again = program.post(path)
    assert (again.status_code, again.get_json()["type"]) == (409, "/api/v1/#already-settled")
    register(program)

    left = program.get("/unknown").get_json()["items"]
    assert [each["serial"] for each in left] == ["C02XL0ABJGH6"]
    assert (of_paris.get("/unknown").status_code, of_paris.post(path).status_code) == (403, 403)
    assert program.post("/unknown/999/dismiss").status_code == 404
    with database.reading() as session:
        dismissed = session.scalars(select(UnknownMac).order_by(UnknownMac.id.desc())).first()
        assert dismissed is not None
        assert "service desk" in (dismissed.settled_by or "")
        owed = session.scalars(select(Notification).where(Notification.state == "owed")).all()
        assert dismissed.card_id in {each.card_id for each in owed}
