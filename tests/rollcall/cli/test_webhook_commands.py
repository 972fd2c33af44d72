"""`boot.sh webhooks`: made, listed, tried, given another key, replayed and ended."""

from pathlib import Path
from subprocess import CompletedProcess

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks
from tests.support.installation import Installation
from tests.support.running.commandline import typed

URL = "https://inventory.example.com/rollcall"


def test_a_webhook_goes_through_its_life_on_the_command_line(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url)

    def run(*arguments: str) -> CompletedProcess[str]:
        return typed(there.environment, "webhooks", *arguments)

    made = run("make", URL, "--type", "mac.confirmed", "--site", "LONDON", "--description", "stock")
    assert made.stdout.startswith("whsec_"), made.stderr
    assert made.stdout.strip() not in made.stderr
    assert run("test", "1").stdout == "A message of the type test is pending.\n"
    assert run("key", "1").stdout.startswith("whsec_")
    assert "mac.confirmed; london; open; 1 pending, 0 set aside" in run("list").stdout
    assert run("replay", "1").stdout == "0 messages are pending again.\n"
    assert run("end", "1").stdout == "Webhook 1 has ended.\n"
    with database.reading() as session:
        (status,) = hooks.listed(session)
    assert (status.hook.ended_by, status.pending) == ("boot.sh", 0)


def test_an_address_in_a_network_that_the_policy_allows_is_taken(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url)
    policy = tmp_path / "allowing.toml"
    policy.write_text('[webhooks]\nallow = ["10.1.0.0/16"]\n')

    made = typed(
        there.environment | {"ROLLCALL_POLICY": str(policy)},
        *("webhooks", "make", "http://10.1.2.3/hook"),
    )

    assert made.stdout.startswith("whsec_"), made.stderr
    assert database


def test_a_typing_error_is_answered_in_a_sentence(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url)
    for arguments, said in (
        (("make", "ftp://example.com"), "Write an address"),
        (("make", "http://127.0.0.1:9000/hook"), "webhooks.allow"),
        (("make", URL, "--type", "mac.gone"), "no events of the type mac.gone"),
        (("make", URL, "--site", "nowhere"), "nowhere"),
        (("end", "7"), "There is no webhook 7"),
    ):
        done = typed(there.environment, "webhooks", *arguments)
        assert done.returncode == 1, said
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert database
