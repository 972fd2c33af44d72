"""`boot.sh people`: what is kept of a person, and forgotten."""

from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

from infrastructure.database.engine import Database
from provisioning.monitoring.mail.models import MailChoice
from tests.support.acting import register
from tests.support.installation import Installation
from tests.support.running.commandline import typed


def test_a_person_is_shown_and_forgotten(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    register(database, "C02AAA", by="U0LEFT")
    with database.begin() as session:
        choice = {"address": "ada@example.com", "confirmed_at": datetime.now(UTC)}
        session.add(MailChoice(account_id="U0LEFT", **choice))
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url)

    def run(*arguments: str) -> CompletedProcess[str]:
        return typed(there.environment, "people", *arguments)

    shown = run("show", "U0LEFT").stdout
    assert "1  registrations.registered_by" in shown
    assert shown.endswith("Their mail goes to ada@example.com.\n")
    assert run("forget", "U0LEFT").stdout.startswith("Forgotten: ")
    assert run("show", "U0LEFT").stdout == "There is nothing.\n"
    again = run("forget", "U0LEFT")
    assert (again.returncode, again.stdout) == (1, "")
    assert "No row names U0LEFT" in again.stderr
