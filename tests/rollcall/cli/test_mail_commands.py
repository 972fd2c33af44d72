"""`boot.sh mail`: addresses of the policy that get no mail, and how they get it again."""

from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

from infrastructure.database.engine import Database
from provisioning.monitoring.mail import stops
from provisioning.monitoring.mail.models import ALL
from tests.support.installation import Installation
from tests.support.running.commandline import typed


def test_an_operator_has_mail_sent_to_an_address_of_the_policy_again(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text('email = ["it@example.com"]\n')
    there = Installation(
        tmp_path,
        repo_folder,
        "http://127.0.0.1:1/",
        database_url=sqlite_url,
        settings={"ROLLCALL_POLICY": str(policy)},
    )
    with database.begin() as session:
        stops.stop(session, "it@example.com", ALL, datetime(2026, 3, 2, tzinfo=UTC))

    def run(*arguments: str) -> CompletedProcess[str]:
        return typed(there.environment, "mail", *arguments)

    assert run("list").stdout == "it@example.com  stopped (all) 2026-03-02\n"
    refused = run("go-on", "eve@example.com")
    assert (refused.returncode, "no such address" in refused.stderr) == (1, True)
    assert run("go-on", "IT@example.com").stdout == "Mail goes to IT@example.com again.\n"
    assert run("list").stdout == "There are none.\n"
