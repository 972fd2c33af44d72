"""The table of registrations: searched, sorted, turned page by page, and taken along as a file."""

import csv
import html
import io
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import insert, update

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import Account, BrowserSession
from provisioning.policy import NotAllowed
from provisioning.policy.watched_file import INTERVAL
from provisioning.registrations.listings import table
from provisioning.registrations.listings.export import PAGE
from provisioning.registrations.models import Registration
from rollcall.settings import ServerSettings
from server.auth.browsers import NotSignedIn
from tests.server.board.conftest import GUEST, ORIGIN, Browser, Browsers
from tests.server.machines.asked import registered
from tests.support.acting import register
from tests.support.installation import CHANNEL

HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"


def rows(browser: Browser, query: str = "") -> list[str]:
    """The serials in the rows of the table, in their order."""
    text = browser.get(f"/board/registrations?{query}").text
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', text)


def register_many(database: Database, number: int, prefix: str = "C02M") -> None:
    """Register Macs whose serials count from 0, just now."""
    register(database, *(f"{prefix}{each:05}" for each in range(number)))


def test_a_site_is_found_by_its_name_however_it_is_written(
    alice: Browser, database: Database
) -> None:
    for number, site in enumerate(("กรุงเทพ", "Zu\u0308rich", "a  b", "x" * 200)):
        serial = f"C02A{number}"
        registered(database, serial, site=site)

        assert rows(alice, f"site={quote(site)}") == [serial]
        assert serial in alice.get(f"/board?site={quote(site)}").text


@pytest.mark.postgresql
def test_filters_and_order_stand_in_the_address(alice: Browser, database: Database) -> None:
    registered(database, "C02B")
    registered(database, "C02C", site="paris", build="kiosk")
    registered(database, "C02A", build="basic")
    alice.post("/board/macs/C02B/cancel")
    with database.begin() as session:
        named = update(Registration).where(Registration.serial == "C02C")
        session.execute(named.values(computer_name="lab", registered_by=None))

    for query, found in (
        ("", ["C02A", "C02C"]),
        ("state=all", ["C02A", "C02C", "C02B"]),
        ("state=all&sort=at", ["C02B", "C02C", "C02A"]),
        ("state=cancelled", ["C02B"]),
        ("state=stalled", []),
        ("state=imaging", []),
        ("state=nonsense&sort=nonsense", ["C02A", "C02C"]),
        ("state=all&sort=serial", ["C02A", "C02B", "C02C"]),
        ("state=all&sort=-serial", ["C02C", "C02B", "C02A"]),
        ("sort=-name", ["C02C", "C02A"]),
        ("sort=name", ["C02C", "C02A"]),
        ("sort=by", ["C02A", "C02C"]),
        ("sort=-state&state=all", ["C02B", "C02A", "C02C"]),
        ("sort=heard", ["C02A", "C02C"]),
        ("site=paris&build=kiosk", ["C02C"]),
        ("q=c02a", ["C02A"]),
        ("q=pari", ["C02C"]),
        ("q=U0ALICE", ["C02A"]),
        ("q=%25", []),
    ):
        assert (query, rows(alice, query)) == (query, found)


def test_every_page_has_its_rows_from_either_end(alice: Browser, database: Database) -> None:
    register_many(database, 125)

    for sort in ("serial", "-serial", "name"):
        pages = [rows(alice, f"sort={sort}&page={page}") for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [50, 50, 25]
        found = [serial for page in pages for serial in page]
        assert len(set(found)) == 125
        if sort != "name":
            assert found == sorted(found, reverse=sort == "-serial")
    assert rows(alice, "sort=serial&page=99999999") == rows(alice, "sort=serial&page=3")
    assert rows(alice, "sort=serial&page=nonsense") == rows(alice, "sort=serial&page=1")
    text = alice.get("/board/registrations?site=london&sort=serial&page=2").text
    assert "125 Macs, page 2 of 3" in text
    first = '<a href="/board/registrations?site=london&amp;sort=serial">First page</a>'
    assert first in text
    assert 'href="/board/registrations?site=london&amp;sort=serial&amp;page=3" rel="next"' in text


def test_a_file_has_the_rows_of_the_filters_and_runs_nothing(
    browsers: Browsers, database: Database
) -> None:
    registered(database, "C02AAA", site="=cmd()")
    registered(database, "C02BBB", site="paris")
    admin = browsers.of("U0ADMIN")

    answer = admin.get("/board/registrations.csv?q=c02aaa")

    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["serial"], row["site"]) == ("C02AAA", "'=cmd()")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    alice = browsers.of("U0ALICE")
    assert alice.get("/board/registrations.csv").status_code == 403
    assert "You may not export all registrations." in alice.get("/board/registrations").text
    assert "You may not" not in admin.get("/board/registrations").text


def test_a_file_breaks_off_where_the_session_or_the_right_ends(
    browsers: Browsers, database: Database, server_settings: ServerSettings
) -> None:
    """So that it does not look whole; what was sent until then was theirs to read."""

    def end_session() -> None:
        with database.begin() as session:
            session.execute(update(BrowserSession).values(revoked_at=datetime.now(UTC)))

    def leave() -> None:
        with database.begin() as session:
            session.execute(update(Account).values(refusal=GUEST.to_json()))

    def lose_the_right() -> None:
        Path(f"{server_settings.policy}").write_text('admins = ["U0BOB"]')
        time.sleep(INTERVAL + 0.1)

    of_all = {"build": "design", "state": "waiting", "channel": CHANNEL, "revision": 1}
    of_all |= {"site": "x" * 250, "created_at": datetime.now(UTC), "changed_at": datetime.now(UTC)}
    with database.begin() as session:
        rows = ({"serial": f"C02M{number:05}", **of_all} for number in range(PAGE + 1))
        session.execute(insert(Registration), [*rows])
    for end, error in (
        (end_session, NotSignedIn),
        (leave, NotSignedIn),
        (lose_the_right, NotAllowed),
    ):
        with database.begin() as session:
            session.execute(update(Account).values(refusal=None))
        admin = browsers.of("U0ADMIN")
        sent = admin.client.get("/board/registrations.csv", base_url=ORIGIN)
        pieces = iter(sent.response)
        assert b"serial" in next(pieces)
        end()
        with pytest.raises(error):
            list(pieces)


def test_each_column_has_a_heading_and_a_cell(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")

    text = alice.get("/board/registrations").text

    head, body = text.split("<tbody>")
    row = body.partition("</tr>")[0]
    assert head.count('<th scope="col"') - 1 == len(table.SORTS)  # the first one is of the ticks
    assert row.count("<td") + row.count("<th") - 1 == len(table.SORTS)


def test_hostile_text_is_shown_and_does_nothing(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA", site=f"lon{HOSTILE}", build=f"des{HOSTILE}")
    with database.begin() as session:
        session.execute(update(Registration).values(step=HOSTILE, reported_as=HOSTILE))
    sent = quote(HOSTILE)
    fields = f"q={sent}&site={sent}&build={sent}&state={sent}&sort={sent}&page={sent}&did={sent}"

    for path in (
        "/board/registrations",
        f"/board/registrations?{fields}&left={sent}",
        f"/board/registrations/act?verb=move&which=all&{fields}",
        f"/board/registrations/act?verb={sent}",
        "/board/registrations/act?verb=cancel&which=all",
    ):
        assert "<script>alert" not in alice.get(path).text, path
    shown = html.unescape(alice.get("/board/registrations").text)
    assert shown.count(f"lon{HOSTILE}") == shown.count(f"des{HOSTILE}") > 0
