"""Upgrades: all that an earlier release left in its database, in Slack and on Macs still works."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from provisioning.registrations.models import Registration
from tests.fakes.slack import Message, readable
from tests.fakes.slack.state.view import blank
from tests.journeys.upgrade.house import ALICE, House, opened
from tests.journeys.upgrade.record import DATABASES, KINDS, record
from tests.journeys.upgrade.stored_fields import in_slack, stored
from tests.support.databases import postgres
from tests.support.house import product
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak
from tests.support.waiting import eventually

# What is stored besides what the old release stored.
ADDED = {
    "events.after of confirmed: layout",
    "imports.shown of read: edited",
    "imports.shown of read: left_out",
    "imports.shown of read: rows",
    # Beside the English `sentence`, which older code shows.
    *(
        f"notifications.facts of trouble: said{field}"
        for field in ("", ".template", ".many", ".facts", ".facts.name")
    ),
}
FILES = ["macs", "registrations", "statistics"]
MOMENT = re.compile(r"\b202\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database: SQLite, and PostgreSQL too where a test is marked `on_both`."""
    return str(getattr(request, "param", "sqlite"))


on_both = pytest.mark.parametrize("kind", KINDS, indirect=True)
SAME_CONTENT = "others read what each kind of database holds after the upgrade"
walked = pytest.mark.parametrize(
    "kind", ["sqlite", *in_soak(SAME_CONTENT, "postgresql")], indirect=True
)


@pytest.fixture
def held(kind: str) -> dict[str, Any]:
    """The tokens, messages and windows of the old release that Slack and Macs still have."""
    held: dict[str, Any] = json.loads((DATABASES / f"{kind}.json").read_text())
    return held


@pytest.fixture(scope="module")
def upgraded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old SQLite database as the present code upgrades it; each test has a copy."""
    path = tmp_path_factory.mktemp("old") / "old.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_dump("sqlite"))
    product.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def upgraded_postgresql(postgresql: str) -> Iterator[tuple[str, str]]:
    """The same of PostgreSQL: the URL of the cluster, and the name of the database."""
    name = f"old_{uuid4().hex}"
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        with psycopg.connect(f"{postgresql}/{name}", autocommit=True) as loading:
            loading.execute(_dump("postgresql").encode())
        product.upgrade(f"{postgresql}/{name}")
        yield postgresql, name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The old database, upgraded, as if all of it had happened just now."""
    upgraded = request.getfixturevalue(f"upgraded_{kind}")
    if kind == "sqlite":
        yield f"sqlite:///{shutil.copy(upgraded, tmp_path)}"
        return
    with postgres.copied(*upgraded) as url:
        yield url


@pytest.fixture
def house(url: str, held: dict[str, Any], tmp_path: Path) -> Iterator[House]:
    """The present code on it, and Slack as it was."""
    with opened(url, tmp_path) as house:
        shown = house.slack.channels[CHANNEL].messages
        shown += [Message(**each) for each in held["channel"]]
        house.slack.ephemerals[ALICE] += [Message(**each) for each in held["ephemerals"]]
        home = house.slack.views.homes[ALICE] = blank(ALICE, held["home"])
        home.draw(held["home"])
        yield house


def _dump(kind: str) -> str:
    """The statements that make the old database, every time as much later as the present is."""
    made_at = datetime.fromisoformat(
        json.loads((DATABASES / f"{kind}.json").read_text())["made_at"]
    )
    by = datetime.now(UTC) - made_at

    def later(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0]) + by
        return moment.isoformat(found[0][10], "seconds")

    return MOMENT.sub(later, (DATABASES / f"{kind}.sql").read_text())


def showing(house: House, text: str) -> Message:
    """The newest message in the channel, or to Alice alone, with this in it."""
    shown = [*house.slack.channels[CHANNEL].messages, *house.alice.ephemerals]
    return next(each for each in reversed(shown) if text in json.dumps(each.blocks))


def press(house: House, shown: Message, action: str, value: str | None = None) -> str:
    """Press a button; return what its message turned into, or what was said beside it."""
    seen, edits = len(house.alice.ephemerals), shown.edited
    reply = house.alice.click(shown, action, value)
    assert reply.error is None, house.alice.errors
    eventually(lambda: shown.edited > edits or len(house.alice.ephemerals) > seen)
    return readable(shown if shown.edited > edits else house.alice.ephemerals[-1])


def stands(house: House, serial: str) -> tuple[str, str, str]:
    """The site, the build and the state of a Mac's newest registration."""
    query = "SELECT site, build, state FROM registrations WHERE serial = :serial ORDER BY id DESC"
    with house.database.reading() as session:
        site, build, state = session.execute(text(query), {"serial": serial}).first() or ("",) * 3
    return site, build, state


@walked
def test_the_tokens_of_served_scripts_are_accepted(house: House, held: dict[str, Any]) -> None:
    tokens = held["tokens"]

    answers = [
        house.finish(tokens["site"], serial="C02MAGNG01", site="london", build="design"),
        house.finish(tokens["anywhere"], serial="C02FALED01"),
        house.finish(tokens["one"], serial="C02WAT0001"),
        house.finish(held["credentials"]["scripts"], serial="C02WAT0001"),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert (house.repo / "manifests" / "C02FALED01").is_file()
    assert stands(house, "C02FALED01") == ("paris", "kiosk", "confirmed")


@on_both
def test_what_was_written_into_manifests_is_known(house: House) -> None:
    """So a second site in one of them is taken out, and the channel is not asked about it."""
    with house.database.reading() as session:
        query = select(Registration.serial, Registration.includes)
        written = {serial: ours for serial, ours in session.execute(query) if ours}

    confirmed = ("C02CNFRM01", "C02WAT0001", "C02WED0001", "C02BENCHED")
    assert sorted(written) == sorted(confirmed)
    assert written["C02BENCHED"]["ours"][1:] == [
        ["site", "included_manifests/sites/paris"],
        ["build", "included_manifests/builds/basic"],
    ]


def test_keys_and_promised_scripts_are_good(house: House, held: dict[str, Any]) -> None:
    key = {"Authorization": f"Bearer {held['credentials']['scripts']}"}
    site = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}

    script = house.http.get("/", headers={**key, **site})
    promised = house.http.get(held["promised"]["path"], headers=held["promised"]["headers"])

    assert (script.status_code, promised.status_code) == (200, 200)
    assert sha256(promised.data).hexdigest() == held["promised"]["hash"]


@walked
def test_what_slack_was_owed_is_delivered_in_its_order(house: House) -> None:
    before = len(house.slack.channels[CHANNEL].messages)

    house.deliver()

    shown = [readable(each) for each in house.slack.channels[CHANNEL].messages[before:]]
    first, second, third = shown
    assert first.startswith(":white_check_mark: `C02WAT0001` is done")
    assert second.startswith(":white_check_mark: `C02WED0001` is done")
    assert second.endswith("Its script asked for atlantis/design; the registration won.")
    assert third == ":warning: Trouble: The Munki repo has no site named 'atlantis'."
    assert showing(house, "`C02WAT0001` confirmed").edited == 1
    [template] = map(readable, house.alice.dm.messages)
    assert template.startswith("Fill in one Mac a line and drop the file here.")


@walked
def test_jobs_that_were_owed_are_done(house: House) -> None:
    house.work()
    house.deliver()

    with house.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM jobs")).scalar() == 0
    files = [file.name for each in house.alice.dm.messages for file in each.files]
    assert [file.partition("-")[0] for file in sorted(files)] == FILES


@walked
def test_imports_half_way_are_registered_by_their_buttons(house: House) -> None:
    press(house, showing(house, "C02PASTE0001"), "import")
    card = showing(house, "C02TABEAAA1")
    assert house.alice.click(card, "import").error is None, house.alice.errors
    house.deliver()

    assert stands(house, "C02PASTE0002") == ("london", "design", "waiting")
    assert stands(house, "C02TABEBBB2") == ("paris", "kiosk", "waiting")


@walked
def test_an_undo_takes_back_what_was_done_before(house: House) -> None:
    said = press(house, showing(house, "Moved"), "undo")

    assert "Undone" in said
    assert stands(house, "C02MVED001") == ("london", "design", "waiting")


def test_the_menus_of_an_unknown_mac_register_it(house: House) -> None:
    asking = showing(house, "C02STRANGE")
    house.alice.select(asking, "site", "paris")
    house.alice.select(asking, "build", "kiosk")

    assert house.alice.click(asking, "stranger_register").error is None, house.alice.errors
    eventually(lambda: stands(house, "C02STRANGE") == ("paris", "kiosk", "waiting"))


def test_the_home_is_turned_and_opens_the_form(house: House) -> None:
    home = house.alice.home
    assert home is not None
    drawn = home.hash

    house.alice.select(home, "home_state", "failed")

    eventually(lambda: home.hash != drawn)
    assert "C02FALED01" in json.dumps(home.blocks)
    house.alice.click(home, "home_register")
    assert house.alice.open_view().callback_id == "register"


@pytest.mark.parametrize(
    ("verb", "answers", "became"),
    [
        ("move", {"site": "paris", "build": "kiosk"}, ("paris", "kiosk", "waiting")),
        ("cancel", {}, ("london", "design", "cancelled")),
        ("reimage", {}, ("london", "design", "waiting")),
    ],
)
def test_windows_that_are_open_can_be_sent(
    house: House, held: dict[str, Any], verb: str, answers: dict[str, str], became: tuple[str, ...]
) -> None:
    view = house.slack.views.open(ALICE, held["modals"][verb])

    assert house.alice.submit(view, answers).error is None, house.alice.errors

    eventually(lambda: stands(house, "C02WAT0001") == became)


def test_the_form_that_was_opened_registers(house: House, held: dict[str, Any]) -> None:
    view = house.slack.views.open(ALICE, held["modals"]["register"])

    sent = {"serials": "C02FRM0001", "site": "london", "build": "design"}
    assert house.alice.submit(view, sent).error is None, house.alice.errors

    eventually(lambda: stands(house, "C02FRM0001") == ("london", "design", "waiting"))


def test_what_is_stored_has_the_fields_that_it_had(
    upgraded_sqlite: Path, held: dict[str, Any], tmp_path: Path
) -> None:
    """A field that is called otherwise would make what is kept, or what older code reads, odd."""
    now = tmp_path / "now.sqlite3"

    holding = record(f"sqlite:///{now}", tmp_path)

    assert stored(now) == sorted({*stored(upgraded_sqlite), *ADDED})
    assert in_slack(holding) == in_slack(held)
