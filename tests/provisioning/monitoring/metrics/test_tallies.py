"""Tallies: what processes count is added up in the database, and never falls."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from threading import enumerate as enumerate_threads

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.monitoring.metrics import sums, tallies
from provisioning.monitoring.metrics.counted import COUNTED, REPO_SECONDS
from provisioning.monitoring.metrics.labels import LONGEST, MAX_LABELS
from provisioning.monitoring.metrics.tallies import NoTallies, Tallies
from tests.support.waiting import eventually

NEVER = 3600.0  # seconds until tallies are written by themselves


def samples(database: Database, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric: its values by the values of its labels."""
    with database.reading() as session:
        return {
            tuple(sample.labels.values()): sample.value
            for family in sums.families(session)
            for sample in family.samples
            if sample.name == name
        }


@pytest.mark.postgresql(instead=True)
def test_what_two_processes_count_is_one_sum_that_outlives_them(database: Database) -> None:
    first, second = Tallies(database, NEVER), Tallies(database, NEVER)
    first.delivery("card", "sent")
    second.delivery("card", "sent")
    second.delivery("card", "refused")
    first.write()
    second.write()

    third = Tallies(database, NEVER)
    third.delivery("card", "sent")
    third.write()
    third.write()

    assert samples(database, "rollcall_deliveries_total") == {
        ("card", "sent"): 3,
        ("card", "refused"): 1,
    }


@pytest.mark.postgresql(instead=True)
def test_threads_that_write_at_once_lose_nothing(database: Database) -> None:
    def count() -> None:
        mine = Tallies(database, NEVER)
        for number in range(9):
            mine.job(f"kind {number % 3}", "done")
            mine.write()

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(samples(database, "rollcall_jobs_run_total").values()) == 36


def test_a_histogram_has_each_time_in_its_bucket_and_all_larger_ones(database: Database) -> None:
    counts = Tallies(database, NEVER)
    for seconds in (0.004, 0.005, 0.3, 60.0):
        counts.repo_call("git", "write", seconds, failed=seconds > 1)
    counts.write()

    buckets = samples(database, "rollcall_repo_seconds_bucket")
    assert [buckets["git", "write", f"{bound}"] for bound in (0.005, 0.25, 0.5, 10.0)] == [
        2,
        2,
        3,
        3,
    ]
    assert buckets["git", "write", "+Inf"] == 4
    assert samples(database, "rollcall_repo_seconds_count") == {("git", "write"): 4}
    assert samples(database, "rollcall_repo_seconds_sum") == {
        ("git", "write"): pytest.approx(60.309)
    }
    assert samples(database, "rollcall_repo_errors_total") == {("git", "write"): 1}
    assert len(buckets) == len(REPO_SECONDS.bounds) + 1


def test_what_cannot_be_written_is_kept_until_it_can(database: Database) -> None:
    counts = Tallies(database, NEVER)
    counts.first_boot("london", 90.0)
    with renamed(database), capture_logs() as lines:
        counts.write()
        counts.first_boot("london", None)
    counts.write()

    assert [line["event"] for line in lines] == ["tallies cannot be written"]
    assert samples(database, "rollcall_first_boots_total") == {("london",): 2}
    assert samples(database, "rollcall_confirmation_seconds_sum") == {(): 90}


@contextmanager
def renamed(database: Database) -> Iterator[None]:
    """A database that lacks the table, for a while."""
    with database.begin() as session:
        session.execute(text("ALTER TABLE tallies RENAME TO away"))
    yield
    with database.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO tallies"))


def test_tallies_are_written_by_themselves_and_when_the_database_is_closed(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    soon = Tallies(database, 0.01)
    soon.refusal("no credentials")
    eventually(lambda: samples(database, "rollcall_refusals_total"))
    late = Tallies(database, NEVER)
    late.refusal("no credentials")
    [timer] = [each for each in enumerate_threads() if getattr(each, "interval", 0) == NEVER]
    database.close()

    timer.join(30)
    assert not timer.is_alive(), "it would write into whatever is there by then"
    again = Database(sqlite_url)
    assert samples(again, "rollcall_refusals_total") == {("no credentials",): 2}
    again.close()


def test_a_count_after_the_end_opens_no_database_again(database: Database) -> None:
    ended = Tallies(database, NEVER)
    ended.close()

    ended.job("digest", "done")

    assert [each for each in enumerate_threads() if getattr(each, "interval", 0) == NEVER] == []


def test_sites_beyond_two_hundred_are_one_and_no_sum_falls_as_they_become_more(
    database: Database,
) -> None:
    counts = Tallies(database, NEVER)
    seen: dict[tuple[str, ...], float] = {}
    for round_number in range(4):
        for number in range(80):
            counts.first_boot(f"site {80 * round_number + number:03}", None)
        counts.first_boot("", None)
        counts.write()
        now = samples(database, "rollcall_first_boots_total")
        for labels, value in seen.items():
            assert now[labels] >= value
        seen = now

    assert len(seen) == MAX_LABELS + 2
    assert (seen["other",], seen["all",]) == (320 - MAX_LABELS, 4)


def test_a_request_for_no_route_has_the_label_of_all_such(database: Database) -> None:
    counts = Tallies(database, NEVER)
    counts.request("GET", "/script", 200, 0.01)
    counts.request("BREW", None, 405, 0.01)
    counts.request("GET", None, 404, 0.01)
    counts.write()

    assert samples(database, "rollcall_requests_total") == {
        ("GET", "/script", "200"): 1,
        ("any", "unmatched", "405"): 1,
        ("any", "unmatched", "404"): 1,
    }


def test_odd_names_of_sites_are_labels_that_can_be_read(database: Database) -> None:
    counts = Tallies(database, NEVER)
    for name in ('Zürich "1"\n', "half \ud83d", "nul \0", "x" * 300, "x" * 400):
        counts.first_boot(name, None)
    counts.write()

    assert samples(database, "rollcall_first_boots_total")["x" * LONGEST,] == 2
    names = {site for (site,) in samples(database, "rollcall_first_boots_total")}
    assert names == {'Zürich "1"\n', "half ?", "nul \0", "x" * LONGEST}


def test_sums_of_another_release_are_left_out(database: Database) -> None:
    counts = Tallies(database, NEVER)
    counts.job("export", "done")
    counts.write()
    with database.begin() as session:
        session.execute(text("UPDATE tallies SET metric = 'rollcall_of_tomorrow'"))

    with database.reading() as session:
        assert len(list(tallies.sums(session))) == 1
        assert [family.name for family in sums.families(session)] == [
            metric.name for metric in COUNTED
        ]
        assert [family for family in sums.families(session) if family.samples] == []


def test_commands_count_nothing(database: Database) -> None:
    nothing = NoTallies()
    nothing.job("export", "done")
    nothing.request("GET", "/", 200, 0.1)
    nothing.write()
    nothing.close()

    with database.reading() as session:
        assert not list(tallies.sums(session))
