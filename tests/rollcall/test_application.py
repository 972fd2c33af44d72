"""One process has one of everything, however many doors it serves."""

import gc
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.heartbeats.process import unheard
from provisioning.munki import MunkiRepo
from provisioning.munki.storage.git.refresh import CloneWatcher
from provisioning.policy import PolicyFile
from rollcall.application import Application
from rollcall.parts import relays
from rollcall.parts.relays import kinds_asked_for, policy_if_usable
from rollcall.settings import RelaySettings
from tests.fakes.git.remote import Remote
from tests.support.installation import PASSWORD, SECRET_KEY
from tests.support.running import settings
from tests.support.soaking import soak_only
from tests.support.tables import for_each

ROOT = Path(__file__).parents[2]


def alive(*kinds: type) -> list[int]:
    """The number of objects of each type, but for those that were frozen."""
    gc.collect()
    counted = Counter(map(type, gc.get_objects()))
    return [counted[kind] for kind in kinds]


def test_a_worker_that_speaks_slack_has_one_repo_one_policy_and_one_watch_of_the_clone(
    database: Database, tmp_path: Path
) -> None:
    own = {"munki_repo": Remote(tmp_path).url, "repo_copy": tmp_path / "copy"}
    of_server = settings.server_settings(tmp_path).model_copy(update=own)
    of_bot = settings.bot_settings(tmp_path, "http://127.0.0.1:9/", "xoxb-1", "s" * 32)
    kinds = MunkiRepo, PolicyFile, CloneWatcher
    gc.collect()
    gc.freeze()  # what is there by now: to look through all of it takes half a second
    application = Application(of_server, of_bot.model_copy(update=own), database=database)

    app = application.web_app()

    server, bot = application.machines.dependencies, application.bot_dependencies
    assert server.repo.now().sites() == bot.repo.now().sites() != []
    assert app.test_client().get("/healthz").status_code == 200
    assert alive(*kinds) == [1, 1, 1]


def test_a_process_is_asked_for_no_part_that_it_has_no_settings_for(repo_folder: Path) -> None:
    with pytest.raises(LookupError, match="no BotSettings"):
        _ = Application(settings.server_settings(repo_folder)).bolt_app


def test_a_relay_asks_for_what_the_policy_says_and_for_both_where_it_cannot_read_that(
    tmp_path: Path,
) -> None:
    policy = tmp_path / "rollcall.toml"
    policy.write_text("[munki]\nsites = false\n")

    def forms(path: Path | None) -> str:
        given = {"SLACK_BOT_TOKEN": "xoxb-1", "ROLLCALL_POLICY": path}
        policy = policy_if_usable(Application(RelaySettings.model_validate(given)))
        return kinds_asked_for(policy)().form

    assert forms(policy) == "BUILD"
    assert forms(None) == forms(tmp_path / "none.toml") == "SITE BUILD"


def test_the_relay_process_delivers_to_slack_and_to_webhooks(database: Database) -> None:
    given = RelaySettings.model_validate({"SLACK_BOT_TOKEN": "xoxb-1"})
    stop = Event()
    beats: list[str] = []

    def beat(doing: str = "", seconds: float = 0) -> None:
        beats.append(doing)
        stop.set()

    made = relays.of(Application(given, database=database), given)
    relays.run(made, stop, beat)

    assert [type(make(unheard)).__name__ for make in made] == ["Relay", "Relay", "FanOut"]
    assert beats


@for_each(
    ("others", "fixes"),
    [
        ({}, ["set ROLLCALL_URL and ROLLCALL_SECRET_KEY for the relay, too"]),
        ({"ROLLCALL_URL": "https://b.example.com"}, ["set ROLLCALL_SECRET_KEY for the relay, too"]),
        ({"ROLLCALL_SECRET_KEY": SECRET_KEY}, ["set ROLLCALL_URL for the relay, too"]),
        ({"ROLLCALL_URL": "https://b.example.com", "ROLLCALL_SECRET_KEY": SECRET_KEY}, []),
    ],
)
def test_a_relay_whose_mails_can_have_no_links_says_at_its_start_what_is_missing(
    database: Database, others: dict[str, str], fixes: list[str]
) -> None:
    given = RelaySettings.model_validate(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "ROLLCALL_SMTP_URL": "smtp://127.0.0.1:9",
            "ROLLCALL_MAIL_FROM": "rollcall@example.com",
            **others,
        }
    )
    make, _gatherer = relays.of(Application(given, database=database), given)[-2:]

    with capture_logs() as lines:
        make(unheard)

    warnings = [line for line in lines if line["log_level"] == "warning"]
    assert [(line["event"], line["fix"]) for line in warnings] == [
        ("mails have no links", fix) for fix in fixes
    ]


LOADED = """
import sys
from rollcall.cli import processes
from rollcall.application import Application
from rollcall.settings import ServerSettings
application = Application(ServerSettings.model_validate_json(sys.argv[1]))
application.policy
print(*sys.modules)
application.web_app()
print(*sys.modules)
"""


@soak_only("`make check` follows the imports; this one starts a process to see the same")
def test_a_server_carries_neither_what_draws_nor_what_migrates_nor_slack(
    repo_folder: Path, tmp_path: Path
) -> None:
    given = {
        **settings.server_settings(repo_folder).model_dump(by_alias=True, mode="json"),
        "ROLLCALL_DATABASE_URL": f"sqlite:///{tmp_path}/rollcall.sqlite3",
        "BOOTSTRAP_PASSWORD": PASSWORD,
        "ROLLCALL_SECRET_KEY": SECRET_KEY,
        "ROLLCALL_URL": "https://rollcall.example.com",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "hush",
    }
    command = [sys.executable, "-c", LOADED, json.dumps(given)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    parent, worker = (set(line.split()) for line in said.splitlines())

    assert parent.isdisjoint({"sqlalchemy", "flask", "server", "bot", "jinja2"})
    assert worker >= {"sqlalchemy", "flask", "server.app", "authlib"}  # people sign in with Slack
    assert worker.isdisjoint({"matplotlib", "PIL", "alembic", "slack_bolt", "slack_sdk"})
