"""The doctor's examination through its doors: `/readyz?full`, the command line, Slack."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update
from werkzeug import Response

from infrastructure.database.engine import Database
from infrastructure.database.schema.versions import REVISION
from provisioning.access import refusals
from provisioning.diagnostics import places, policy_findings
from provisioning.diagnostics.doctor import Examination, RecentFindings, examined
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import MunkiRepo
from provisioning.munki.storage import FolderStore
from provisioning.outbox import outbox
from provisioning.outbox.models import PARKED, STRANGER, Card, Notification
from provisioning.policy import PolicyFile
from tests.fakes.slack.people.person import Person
from tests.server.machines.asked import registered
from tests.support.databases import postgres
from tests.support.fixtures.doors import Script, Work
from tests.support.installation import CHANNEL, Installation
from tests.support.running import serving, settings
from tests.support.running.commandline import typed
from tests.support.running.doors import machines_door


def findings(app: Flask, script: Script) -> str:
    """The doctor's findings, as the server of `app` answers them."""
    return app.test_client().get("/readyz?full", headers=script.basic).text


@pytest.fixture
def broken(repo_folder: Path) -> Path:
    """A manifest that no Mac could read."""
    path = repo_folder / "manifests" / "C02XG0FDJGH5"
    path.write_bytes(b"not a plist")
    return path


def test_readyz_shows_all_findings_to_who_may_fetch_scripts(
    app: Flask, script: Script, broken: Path
) -> None:
    client = app.test_client()
    answer = client.get("/readyz?full", headers=script.basic)

    assert answer.status_code == 200, "Macs can come all the same"
    assert "finding: The manifest C02XG0FDJGH5 in the Munki repo cannot be read" in answer.text


def test_nobody_else_has_the_repo_read(app: Flask, broken: Path) -> None:
    assert app.test_client().get("/readyz?full").status_code == 401
    assert "finding" not in app.test_client().get("/readyz").text


def test_who_asks_again_at_once_is_shown_the_same(app: Flask, script: Script, broken: Path) -> None:
    client = app.test_client()
    before = client.get("/readyz?full", headers=script.basic).text
    broken.unlink()

    assert client.get("/readyz?full", headers=script.basic).text == before


def test_a_layout_that_fits_nothing_is_told_once_and_so_is_what_is_hidden(
    app: Flask, script: Script, repo_folder: Path
) -> None:
    manifests = repo_folder / "manifests"
    (manifests / "site_default").unlink()
    for build in (manifests / "included_manifests/builds").iterdir():
        build.unlink()
    (manifests / "included_manifests/sites/london.bak").touch()

    told = findings(app, script)

    assert told.count("finding: The repo has no manifest site_default") == 1
    assert told.count("The repo has no build: nothing is there for builds = {folder") == 1
    assert told.count("london.bak is not offered as a site: its name is not that of a man") == 1


def test_a_repo_that_should_be_mounted_is_told_once_and_nobody_is_asked_to_make_manifests(
    app: Flask, script: Script, repo_folder: Path
) -> None:
    (repo_folder / "manifests").rename(repo_folder.parent / "away")

    told = findings(app, script)

    [line] = [line for line in told.splitlines() if "finding: The Munki repo" in line]
    assert "there is no folder" in line
    assert "Mount it" in line
    assert "Make " not in told


def test_a_build_is_told_that_is_gone_and_that_macs_wait_for(
    app: Flask, script: Script, repo_folder: Path, database: Database
) -> None:
    registered(database, "C02AAA", "london", "kiosk")
    registered(database, "C02BBB", "paris", "kiosk")
    registered(database, "C02CCC", "paris", "design")
    assert script.manifest(serial="C02BBB").status_code == 200
    assert "is gone" not in findings(app, script)
    (repo_folder / "manifests/included_manifests/builds/kiosk").unlink()

    with database.reading() as session:
        told = list(places.findings(session, MunkiRepo(FolderStore(repo_folder)), "/mac"))

    assert [str(each) for each in told] == [
        (
            "1 Mac waits for a build whose manifest included_manifests/builds/kiosk is gone. "
            "Put it back, or send them elsewhere: `/mac move`."
        )
    ]


def test_what_was_found_half_a_minute_ago_is_looked_for_anew(
    database: Database, repo: MunkiRepo, broken: Path
) -> None:
    clock = iter([100.0, 100.0, 129.9, 130.0, 130.0])
    recent = RecentFindings(Examination(repo, database), lambda: next(clock))
    before = recent.findings()
    broken.unlink()

    assert recent.findings() is before
    assert len(recent.findings()) == len(before) - 1


def test_a_database_whose_clock_is_another_is_told(postgresql_url: str, repo: MunkiRepo) -> None:
    with postgres.ahead(postgresql_url) as url, closing(Database(url)) as database:
        found = [str(finding) for finding in examined(Examination(repo, database))]

    assert [text for text in found if "clock of the database" in text]


@pytest.mark.postgresql(instead=True)
def test_clocks_are_right_however_long_the_repo_is_looked_through(
    database: Database, repo_folder: Path
) -> None:
    lag = [timedelta(minutes=-5)]

    class Large(FolderStore):
        def walk(self, folder: str) -> Iterator[str]:
            yield from super().walk(folder)
            lag[0] = timedelta(0)

    repo = MunkiRepo(Large(repo_folder))
    with serving.served(Response()) as url:
        examination = Examination(repo, database, url, clock=lambda: datetime.now(UTC) + lag[0])
        found = examined(examination)

    assert [each for each in found if each.kind == "clocks"] == []
    assert [each for each in found if each.kind == "BOOTSTRAP_URL"], "it was asked"


def test_an_sqlite_file_on_a_network_mount_is_told(repo: MunkiRepo, tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    with closing(Database(f"sqlite:///{tmp_path}/rollcall.sqlite3")) as database:
        examination = Examination(repo, database, mounted=table)
        table.write_text(f"nas:/it / nfs4 rw 0 0\n/dev/sdb1 {tmp_path} ext4 rw 0 0\n")
        assert "network mount" not in str(examined(examination))
        table.write_text(f"nas:/it {tmp_path} nfs4 rw 0 0\n")
        found = [str(each) for each in examined(examination)]

    (told,) = [each for each in found if "network mount" in each]
    assert "(nfs4)" in told
    assert "PostgreSQL" in told


def test_a_table_that_cannot_be_read_is_told(repo: MunkiRepo, database: Database) -> None:
    with database.begin() as session:
        session.execute(text("DROP TABLE drifts"))

    [found] = [each for each in examined(Examination(repo, database)) if "table" in each.kind]

    assert "A table of the database cannot be read: (sqlite3.Op" in str(found)


def test_of_a_database_of_another_release_nothing_else_is_told(
    repo: MunkiRepo, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/empty.sqlite3")) as database:
        found = examined(Examination(repo, database))

    assert [str(each) for each in found if "database" in each.kind] == [
        f"The database is at nothing, needs {REVISION}: migrate. Type `boot.sh migrate`."
    ]


def test_templates_are_looked_at_imagrs_too(
    script: Script, repo_folder: Path, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "templates"
    (folder / "imagr" / "builds").mkdir(parents=True)
    (folder / "imagr" / "builds" / "design.plist").write_text("<plist><dict/></plist>")
    (folder / "base.sh.j2").write_text("#!/bin/sh\nif\n")
    given = settings.server_settings(repo_folder, ROLLCALL_TEMPLATES=str(folder))

    said = findings(machines_door(given, database), script)

    assert "imagr/builds/design.plist is faulty" in said
    assert "base.sh.j2" in said


ODD = 'admins = ["U0ALICE"]\n[sites.londn]\n'
TO_BE_FIXED = (
    "Policy file: sites.londn: the Munki repo has no such site; did you mean 'london'?",
    "Slack refused 1 message for channel C0PARIS (not_in_channel). Fix that, then run",
    "1 Mac booted and nobody registered it.",
    "10.0.0.8 was refused 31 times, last at ",
)


@pytest.fixture
def backlog(database: Database) -> None:
    """A refused message, an unknown Mac, and an address that was refused often."""
    now = datetime.now(UTC)
    with database.begin() as session:
        outbox.enqueue_news(session, channel="C0PARIS", sentence="x", at=now)
        session.execute(update(Notification).values(state=PARKED, reason="not_in_channel"))
        card = Card(kind=STRANGER, channel=CHANNEL, created_at=now)
        session.add(card)
        session.flush()
        mac = {"serial": "C02NEW1", "reported_as": "C02NEW1", "card_id": card.id}
        session.add(UnknownMac(**mac, first_at=now, last_at=now))
        refusals.note(session, {("10.0.0.8", "wrong credentials"): 31}, now)


@pytest.mark.usefixtures("backlog")
def test_readyz_says_what_the_command_in_slack_says(
    script: Script, repo_folder: Path, database: Database, tmp_path: Path
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text(ODD)
    app = machines_door(
        settings.server_settings(repo_folder, ROLLCALL_POLICY=str(policy)), database
    )

    said = findings(app, script)

    assert [fact for fact in TO_BE_FIXED if f"finding: {fact}" not in said] == []
    assert "refused: messages for C0PARIS: not_in_channel" in said
    public = app.test_client().get("/readyz").text
    assert "C02NEW1" not in public
    assert "31" not in public


def test_a_policy_file_that_says_nothing_is_told(repo: MunkiRepo, tmp_path: Path) -> None:
    """A disk that was full leaves it so, and with it everything is allowed to everybody."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text("# The policy of the lab.\n")
    [finding] = policy_findings(PolicyFile(policy), repo)
    assert "everybody in the workspace may do everything" in finding.message

    policy.write_text("admins = []\n")
    assert policy_findings(PolicyFile(policy), repo) == []
    assert policy_findings(PolicyFile(None), repo) == []


@pytest.mark.usefixtures("backlog")
def test_the_command_line_says_it_too_and_that_a_policy_is_unusable(
    repo_folder: Path, database: Database, tmp_path: Path
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text(ODD)
    url = database.engine.url.render_as_string(hide_password=False)
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/api/", database_url=url)
    environment = {**there.environment, "ROLLCALL_POLICY": str(policy)}

    said = typed(environment, "doctor").stdout
    assert [fact for fact in TO_BE_FIXED if f"- {fact}" not in said] == []
    policy.write_text("admins = 7")

    said = typed(environment, "doctor").stdout
    assert "- Policy file: rollcall.toml, line 1: admins is 7; write a list" in said
    assert "- 1 Mac booted" in said


def test_slack_hears_of_the_repo_from_the_job_runner(
    bot: Flask, broken: Path, alice: Person, work: Work
) -> None:
    alice.slash("/mac", "doctor", channel=CHANNEL)
    work()

    [message] = alice.dm.messages
    assert "1 to fix" in message.text
    assert "C02XG0FDJGH5" in message.text
