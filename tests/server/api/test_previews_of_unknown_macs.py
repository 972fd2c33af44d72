"""Previews of Macs that nobody registered: what their scripts name, and open benches."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from infrastructure.database.engine import Database
from provisioning.firstboot import benches
from provisioning.firstboot import unknown as strangers
from provisioning.munki import Destination
from provisioning.values.serials import Serial
from tests.server.api.previewing import facts
from tests.support.acting import did, register
from tests.support.installation import CHANNEL

PARIS = Destination("paris", "basic")


def open_bench(database: Database, *, takes_named: bool = False) -> None:
    """Have Bob open a bench for three Macs that go to Paris."""
    now = datetime.now(UTC)
    with database.begin() as session:
        act, until = did(session, "benched", by="U0BOB", at=now), now + timedelta(hours=1)
        bench = benches.start(session, PARIS, number=3, until=until, operation=act, channel=CHANNEL)
        bench.takes_named = takes_named


def test_what_its_script_names_counts_only_where_nobody_registered_it(
    app: Flask, database: Database
) -> None:
    register(database, "C02AAA")

    registered = facts(app, site="Paris", build="basic")
    unknown = facts(app, "C02BBB", site="Paris", build="basic")

    assert registered["destination"] == {"site": "london", "build": "design"}
    assert "Its script says Paris/basic; what was registered beats that." in str(registered["why"])
    assert "site=paris\nbuild=basic\n" in str(registered["script"])
    assert unknown["destination"] == {"site": "paris", "build": "basic"}
    assert "Nobody registered it, so it goes where its script says" in str(unknown["why"])


def test_a_bench_for_all_takes_a_mac_whose_script_names_a_place(
    app: Flask, database: Database
) -> None:
    open_bench(database, takes_named=True)

    taken = facts(app, site="london", build="design")

    assert taken["destination"] == {"site": "paris", "build": "basic"}
    assert "@U0BOB has a bench open" in str(taken["why"])


def test_an_unknown_mac_waits_unless_a_bench_takes_it(app: Flask, database: Database) -> None:
    waits = facts(app)
    open_bench(database)
    taken = facts(app)
    now = datetime.now(UTC)
    with database.begin() as session:
        strangers.ask_about(session, Serial("C02AAA"), channel="C0IMAGING", at=now)
        strangers.dismiss(session, 1, by="U0BOB", at=now)
    unwanted = facts(app)

    assert (waits["destination"], waits["manifest"], waits["template"]) == (
        None,
        None,
        "base.sh.j2",
    )
    assert "the channel is asked where it goes" in str(waits["why"])
    assert taken["destination"] == {"site": "paris", "build": "basic"}
    assert "@U0BOB has a bench open until" in str(taken["why"])
    assert "with room for 3 more" in str(taken["why"])
    assert unwanted["destination"] is None
    assert "it is none of ours" in str(unwanted["why"])
