"""Comparison of an import with the registrations: its speed and its exactness."""

import random
import time
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot.placement import Requested
from provisioning.imports import approval, dry_run, lifecycle
from provisioning.imports.lifecycle import Submission
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.munki import Destination, MunkiRepo, RepoView
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.layout import Layout, MatchForm
from provisioning.registrations import similar
from provisioning.values.serials import Serial, neighbours
from tests.support.acting import boot, did, register
from tests.support.fixtures.doors import NOON
from tests.support.soaking import SOAK, soak, soak_only

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
APPLES = "CDFGHJKLMNPQRTVWXY0123456789"  # in a serial of theirs


def slipped(key: str, rng: random.Random) -> str:
    at = rng.randrange(len(key))
    other = rng.choice(LETTERS)
    return rng.choice(
        (
            key[:at] + other + key[at:],
            key[:at] + key[at + 1 :],
            key[:at] + other + key[at + 1 :],
            key[:at] + key[at : at + 2][::-1] + key[at + 2 :],
            key.replace("0", "O").replace("1", "I"),
            key.replace("O", "0").replace("I", "1"),
        )
    )


@soak
@pytest.mark.postgresql
def test_the_database_leaves_out_no_slip_that_is_one(database: Database) -> None:
    rng, number = random.Random(5), 1500 if SOAK else 500
    known = ["".join(rng.choices(LETTERS, k=rng.randint(3, 14))) for _ in range(number)]
    asked = list(dict.fromkeys(slipped(key, rng) for key in known))
    asked = [key for key in asked if len(key) >= 3]
    register(database, *known, to=Destination("paris", "kiosk"), by="U0BOB")

    for keys in (asked, asked[:1], [key for key in asked if len(key) > 9]):
        with database.reading() as session:
            found = similar.slips(session, keys, without=())
        assert found.keys() == neighbours(keys, known).keys()


@soak_only("much of what the other tests have one of")
def test_five_thousand_are_sorted_against_many_thousands_at_once(
    database: Database, repo: MunkiRepo
) -> None:
    rng = random.Random(6)
    known = [f"C02{''.join(rng.choices(APPLES, k=9))}" for _ in range(20_000)]
    register(database, *known, to=Destination("paris", "kiosk"), by="U0BOB")
    serials = known[:1000] + [f"F02{''.join(rng.choices(APPLES, k=9))}" for _ in range(4000)]
    entries = [Entry(Serial(serial), "london", "design") for serial in serials]

    with database.reading() as session:
        begun = time.process_time()
        dry = dry_run.classify(
            session, ParseResult(tuple(entries)), DestinationIndex(repo.now()), by="U0ALICE"
        )
        taken = time.process_time() - begun

    assert len(dry.of(dry_run.CONFLICT)) == 1000
    assert len(dry.of(dry_run.NEW, dry_run.DOUBTFUL)) == 4000
    assert taken < 3  # seconds of the processor; it is a tenth of that


def test_a_mac_that_only_its_script_brought_in_counts_as_new_and_not_as_moved(
    database: Database, repo: MunkiRepo
) -> None:
    mac = Serial("C02AAA")
    boot(database, repo, mac.text, requested=Requested("paris", "kiosk"), at=NOON)

    with database.begin() as session:
        submission = Submission(by="U0ALICE", via="message", at=NOON)
        result = ParseResult((Entry(mac, "london", "design"),))
        imported = lifecycle.keep(session, result, submission)
        registered = approval.register_ready(
            session,
            imported,
            lifecycle.classify(session, imported, DestinationIndex(repo.now())),
            operation=did(session, "registered", by="U0ALICE", at=NOON),
            channel_of=lambda _: "C1",
        )

    assert (registered.new, registered.moved) == (1, 0)


def test_a_serial_that_is_a_site_is_registered_nowhere(
    database: Database, repo: MunkiRepo, manifests: Path
) -> None:
    (manifests / "lab-07").write_bytes(b"")
    layout = Layout(builds=MatchForm("lab-*"))
    entries = (Entry(Serial("LAB-07"), "london", "07"), Entry(Serial("C02AAA"), "london", "07"))

    with database.reading() as session:
        places = DestinationIndex(RepoView(repo.store, layout))
        dry = dry_run.classify(session, ParseResult(entries), places, by="U0ALICE")

    [refused] = dry.of(dry_run.NOWHERE)
    assert refused.entry.serial.text == "LAB-07"
    assert refused.why == "is the name of a build in the Munki repo, so it can be no Mac's"
    assert len(dry.of(dry_run.NEW, dry_run.DOUBTFUL)) == 1
