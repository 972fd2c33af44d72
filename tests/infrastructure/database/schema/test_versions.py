"""A schema that is ahead of this release, and the way back to an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from infrastructure.database.base import Base
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.database.schema.versions import REVISION
from provisioning.access.models import API, Credential
from provisioning.access.programs.models import ApiCall, ApiToken
from provisioning.firstboot.models import Bench
from provisioning.monitoring.mail.models import (
    MailBounce,
    MailChoice,
    MailCursor,
    MailRequest,
    MailStop,
)
from provisioning.monitoring.webhooks.models import Webhook, WebhookCursor
from provisioning.munki.models import Revision
from provisioning.outbox.models import MAIL, SLACK, WEBHOOK, Notification
from provisioning.registrations import serial_index
from tests.infrastructure.database.schema.conftest import whole
from tests.support.soaking import rows_in_soak

Columns: TypeAlias = dict[str, dict[str, tuple[str, bool]]]
AT = "'2026-03-02 12:00:00'"
ROWS = (
    f"""INSERT INTO cards (id, key, channel, site, build, registered_by, note, created_at)
    VALUES (1, 'k', 'C0', 'london', 'design', 'U0ALICE', '', {AT})""",
    f"""INSERT INTO acts (id, what, by, via, at)
    VALUES (1, 'benched', 'U0ALICE', 'command', {AT})""",
    f"""INSERT INTO benches (id, act_id, card_id, by, site, build, wanted, until, created_at)
    VALUES (1, 1, 1, 'U0ALICE', 'london', 'design', 3, {AT}, {AT})""",
)
# A Mac of that card, and what happened to it: rows that others refer to, and that refer to others.
MAC = (
    f"""INSERT INTO registrations
    (id, serial, site, build, state, channel, card_id, revision, created_at, changed_at)
    VALUES (1, 'C02AAA', 'london', 'design', 'waiting', 'C0', 1, 1, {AT}, {AT})""",
    f"INSERT INTO events (id, registration_id, what, at, act_id) VALUES (1, 1, 'made', {AT}, 1)",
)


def set_ahead(database: Database, oldest: str | None) -> None:
    """Have a database be of a newer release, with which code of `oldest` works."""
    with database.begin() as session:
        session.execute(
            text("UPDATE alembic_version SET version_num = '9999', oldest = :oldest"),
            {"oldest": oldest},
        )


@pytest.mark.parametrize(
    "damage", ["UPDATE alembic_version SET version_num = ''", "DELETE FROM alembic_version"]
)
def test_a_database_that_says_nothing_of_its_schema_is_left_alone(
    migrated: Database, damage: str
) -> None:
    with migrated.begin() as session:
        session.execute(text(damage))

    with pytest.raises(migrations.UnknownSchema) as refusal:
        migrations.upgrade(migrated)

    assert "says of its schema that it is ''" in str(refusal.value)
    assert "boot.sh restore FILE --replace" in str(refusal.value)


@pytest.mark.parametrize("oldest", [None, "9998"])
def test_a_database_that_needs_a_newer_release_is_left_alone(
    migrated: Database, oldest: str | None
) -> None:
    set_ahead(migrated, oldest)

    with pytest.raises(migrations.UnknownSchema) as refusal:
        migrations.upgrade(migrated)

    assert str(refusal.value) == (
        f"The database is at 9999, newer than this release ({REVISION}) can work with: run the "
        f"newer release, or have it go back first (`boot.sh migrate --to {REVISION}`)."
    )
    with migrated.reading() as session:
        assert versions.current(session) == "9999"


def test_a_database_of_a_newer_release_that_works_with_this_one_is_left_as_it_is(
    migrated: Database,
) -> None:
    set_ahead(migrated, REVISION)

    migrations.upgrade(migrated)

    with migrated.reading() as session:
        version = versions.of(session)
    assert (version.revision, version.oldest, version.is_ours) == ("9999", REVISION, True)


def test_each_migration_from_now_on_says_which_code_works_with_what_it_leaves() -> None:
    """It is its own revision where the code of before does not."""
    later = [script for script in scripts() if script.revision > "0017"]

    assert [each.revision for each in later if not hasattr(each.module, "oldest")] == []


def scripts() -> list[Script]:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    return list(ScriptDirectory.from_config(config).walk_revisions())


MACS = """SELECT serial, cards.key, what FROM registrations
JOIN cards ON cards.id = card_id JOIN events ON events.registration_id = registrations.id"""
PLAIN, OTHER = b"<plist/>\n" * 9, b"<plist></plist>\n" * 9
MORE = 450  # revisions: more than two pages of the step back


@dataclass(frozen=True)
class RoundTrip:
    """A record of a database's way to the first schema and back."""

    before: Columns
    unpacked: Sequence[Sequence[bytes | None]]
    works_with: str
    first: Columns
    after: Columns
    macs: Sequence[Sequence[object]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def round_trip(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> RoundTrip:
    """The way down and up again, of a database with a Mac and packed revisions of manifests."""
    with whole(request, tmp_path_factory.mktemp("whole")) as database:
        before = columns(database)
        with database.begin() as session:
            for statement in (*ROWS, *MAC):
                session.execute(text(statement))
        keep_revisions(database)
        migrations.go_back(database, "0017")
        with database.reading() as session:
            rows = session.execute(text("SELECT before, after FROM revisions ORDER BY id")).all()
            unpacked = [tuple(value and bytes(value) for value in row) for row in rows]
            works_with = versions.of(session).oldest
        migrations.go_back(database, "0001", may_lose=True)
        first = columns(database)
        migrations.upgrade(database)
        with database.reading() as session:
            kept = session.execute(text(MACS)).all()
        return RoundTrip(before, unpacked, works_with, first, columns(database), kept)


def keep_revisions(database: Database) -> None:
    """Keep revisions as this release does, and one as a release did that did not pack."""
    shared = {"name": "C02AAA", "via": "test", "at": datetime(2026, 3, 2, 12, 0, tzinfo=UTC)}
    with database.begin() as session:
        assert versions.of(session).oldest == "0018"
        for before, after in [(None, PLAIN), (PLAIN, OTHER), *[(OTHER, PLAIN)] * MORE]:
            session.add(Revision(**shared, before=before, after=after))
        session.flush()
        session.execute(text("UPDATE revisions SET after = :plain WHERE id = 3"), {"plain": PLAIN})


def test_all_the_way_down_and_up_again_the_schema_is_the_same(round_trip: RoundTrip) -> None:
    assert round_trip.first.keys() < round_trip.before.keys()
    assert round_trip.after == round_trip.before


def test_all_the_way_down_and_up_again_the_macs_stay(round_trip: RoundTrip) -> None:
    """SQLite makes a table anew to change it, and may not drop one that others refer to."""
    assert round_trip.macs == [("C02AAA", "k", "made")]


def test_packed_revisions_are_plain_again_for_a_release_that_did_not_pack(
    round_trip: RoundTrip,
) -> None:
    """Its code would write packed bytes into a manifest, so it is not to run before."""
    assert round_trip.unpacked == [(None, PLAIN), (PLAIN, OTHER), *[(OTHER, PLAIN)] * MORE]
    assert round_trip.works_with <= "0017"


def columns(database: Database) -> Columns:
    with database.reading() as session:
        found = inspect(session.connection())
        return {
            table: {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            }
            for table in found.get_table_names()
        }


@rows_in_soak("the test below counts there, by the same statements", "sqlite")
def test_a_step_back_that_would_lose_something_says_what_and_changes_nothing(
    whole_database: Database,
) -> None:
    with whole_database.begin() as session:
        for statement in ROWS:
            session.execute(text(statement))
        session.execute(text("UPDATE benches SET takes_named = true"))
        session.execute(text(f"INSERT INTO tallies VALUES ('m', '', 1, {AT})"))

    with pytest.raises(migrations.DataWouldBeLost) as refusal:
        migrations.go_back(whole_database, "0015")

    assert str(refusal.value) == (
        "Going back to 0015 would lose 1 rows of tallies, 1 values of benches.takes_named. Nothing "
        "was changed. Name a file for a backup first: boot.sh migrate --to 0015 --backup FILE"
    )
    with whole_database.reading() as session:
        assert versions.current(session) == REVISION
        assert session.scalar(select(Bench.takes_named)) is True

    migrations.go_back(whole_database, "0015", may_lose=True)
    migrations.upgrade(whole_database)
    with whole_database.reading() as session:
        assert session.scalar(select(Bench.takes_named)) is False


def rows_of_programs() -> list[Base]:
    """A row of each table that the API, webhooks and mail have, and a message by each transport."""
    at, to = datetime(2026, 3, 2, 12, 0, tzinfo=UTC), "it@example.com"
    message: dict[str, Any] = {"facts": {}, "occurred_at": at}
    made: dict[str, Any] = {"made_by": "U0ALICE", "made_at": at}
    return [
        Credential(id=1, opens=API, digest="d", made_at=at),
        ApiToken(credential_id=1, name="desk", acts=["read"], expires_at=at),
        ApiCall(credential_id=1, key="k", digest="d", claim="c", claimed_at=at),
        Webhook(id=1, url="https://a", description="", types=[], sites=[], key="whsec_", **made),
        WebhookCursor(source="events", last=1, missing={}),
        MailCursor(source="messages", last_id=1),
        MailChoice(account_id="U0ALICE", address=to, confirmed_at=at),
        MailRequest(account_id="U0ALICE", address=to, nonce="n", made_at=at),
        MailStop(address=to, kind="digest", stopped_at=at),
        MailBounce(address=to, reason="550", bounced_at=at),
        *(
            Notification(key=each, transport=each, channel=each, kind=each, **message)
            for each in (SLACK, WEBHOOK, MAIL)
        ),
    ]


OF_MAIL = "1 rows of mail_bounces, 1 rows of mail_choices, 1 rows of mail_requests"
OF_TOKENS = "1 rows of api_calls, 1 rows of api_tokens, 1 rows of credentials"
LOST = {
    "0030": f"{OF_MAIL}, 1 rows of mail_stops, 1 rows of notifications",
    "0029": f"{OF_MAIL}, 1 rows of mail_stops, 1 rows of webhooks, 2 rows of notifications",
    "0026": f"{OF_TOKENS}, {OF_MAIL}, and 4 more",
}
"""The sentences about what a step back to a revision would lose of those rows."""


@rows_in_soak("the test above goes back there, and all steps are made below", "postgresql")
def test_what_programs_and_mail_left_is_lost_by_no_step_back_unsaid(
    whole_database: Database,
) -> None:
    with whole_database.begin() as session:
        session.add_all(rows_of_programs())
        session.execute(insert(serial_index.INDEX), serial_index.row_of(session, 1, "C02AAA"))

    migrations.go_back(whole_database, "0031")  # which loses nothing
    for revision, lost in LOST.items():
        with pytest.raises(migrations.DataWouldBeLost) as refusal:
            migrations.go_back(whole_database, revision)
        assert f"Going back to {revision} would lose {lost}. Nothing" in str(refusal.value)
    migrations.go_back(whole_database, "0029", may_lose=True)
    migrations.upgrade(whole_database)

    with whole_database.reading() as session:
        # Or the next webhook, which may have the same number, would hear of what waits for this.
        assert session.scalars(select(Notification.transport)).all() == [SLACK]
        assert session.scalars(select(ApiToken.name)).all() == ["desk"]


def test_a_revision_that_is_none_of_ours_is_refused(migrated: Database) -> None:
    set_ahead(migrated, REVISION)

    with pytest.raises(migrations.UnknownSchema, match="This release knows no schema '9999'"):
        migrations.go_back(migrated, "0001")
