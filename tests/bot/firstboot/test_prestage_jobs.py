"""The job that writes manifests ahead: it tells each trouble once, and stops where no Mac can."""

from typing import Any, cast

from sqlalchemy import select

from bot.firstboot.prestage_jobs import PrestageJob
from infrastructure.database.engine import Database
from infrastructure.jobs.runner import Record
from provisioning.firstboot.service import FirstBootService
from provisioning.munki.errors import ManifestUnreadable, MissingInclude, RepoUnusable
from provisioning.outbox.models import Notification
from provisioning.registrations.errors import NotRegistered
from provisioning.values.serials import Serial
from tests.support.inputs.examples import NOON
from tests.support.installation import CHANNEL


class Failing:
    """A first-boot service that fails for some Macs."""

    def __init__(self, **errors: Exception) -> None:
        self.errors, self.tried = errors, list[str]()

    def prestage(self, serial: Serial) -> None:
        self.tried.append(serial.text)
        if serial.text in self.errors:
            raise self.errors[serial.text]


def job(service: Any) -> PrestageJob:
    return PrestageJob(cast("FirstBootService", service), channel=CHANNEL)


def told(database: Database, record: Record) -> list[tuple[str, str]]:
    """The troubles that a job has told, each to a channel."""
    with database.begin() as session:
        record(session, NOON)
    with database.reading() as session:
        rows = session.scalars(select(Notification).order_by(Notification.id))
        return [(row.channel, row.facts["sentence"]) for row in rows]


def test_each_trouble_is_told_once_and_the_other_macs_are_written(database: Database) -> None:
    missing = MissingInclude("C02AAA", "apps/gone")
    service = Failing(
        C02AAA=missing,
        C02BBB=ManifestUnreadable("C02BBB", "it is no property list"),
        C02CCC=NotRegistered("C02CCC"),
        C02DDD=missing,
    )
    serials = ["C02AAA", "C02BBB", "C02CCC", "C02DDD", "C02EEE"]

    record = job(service).do({"serials": serials})

    assert service.tried == serials
    sentences = [str(missing), str(service.errors["C02BBB"])]
    assert told(database, record) == [(CHANNEL, each) for each in sentences]


def test_where_the_repo_cannot_be_used_the_other_macs_are_left_to_the_next_time(
    database: Database,
) -> None:
    gone = RepoUnusable("there is no folder")
    service = Failing(C02BBB=gone)

    record = job(service).do({"serials": ["C02AAA", "C02BBB", "C02CCC"]})

    assert service.tried == ["C02AAA", "C02BBB"]
    assert told(database, record) == [(CHANNEL, str(gone))]


def test_a_job_that_is_given_up_is_told_with_the_number_of_its_macs(database: Database) -> None:
    record = job(Failing()).give_up({"serials": ["C02AAA", "C02BBB"]}, "it took too long")

    sentence = "The manifests of 2 Macs cannot be written ahead: it took too long"
    assert told(database, record) == [(CHANNEL, sentence)]
