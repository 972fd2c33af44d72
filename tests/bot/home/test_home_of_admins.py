"""The App Home of an admin."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.outbox.models import PARKED, Notification
from provisioning.policy.watched_file import INTERVAL
from rollcall import version
from tests.bot.home.looking import opened, text_of
from tests.fakes.slack import Workspace
from tests.fakes.slack.apps.app import SCOPES
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import NOON
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def refuse(database: Database, reason: str, times: int) -> None:
    with database.begin() as session:
        for number in range(times):
            session.add(
                Notification(
                    key=f"{reason}{number}",
                    channel=CHANNEL,
                    kind="news",
                    facts={},
                    occurred_at=NOON,
                    state=PARKED,
                    reason=reason,
                )
            )


def test_an_admin_sees_what_slack_refused_and_what_mends_it(
    alice: Person, database: Database
) -> None:
    refuse(database, "not_in_channel: invite the bot to the channel", 30)

    text = text_of(opened(alice))

    assert f"Slack refused 30 messages to <#{CHANNEL}>" in text
    assert "invite the bot to the channel. When that is fixed" in text


def test_the_last_line_of_the_home_is_the_version(alice: Person) -> None:
    last = opened(alice).blocks[-1]

    assert last["type"] == "context"
    assert last["elements"][0]["text"] == f"Rollcall {version.current()}"


class TestOfAnAppOfBefore:
    @pytest.fixture
    def slack(self) -> Iterator[Workspace]:
        """A workspace whose app has not the scopes of today."""
        with Workspace(scopes=SCOPES - {"groups:read"}, pace=None) as old:
            old.add_channel(CHANNEL, name="imaging")
            yield old

    def test_the_home_says_what_an_app_of_before_lacks_and_how_to_add_it(
        self, alice: Person
    ) -> None:
        text = text_of(opened(alice))

        assert "lacks the scope groups:read." in text
        assert "slack-app.yaml" in text
        assert "group_\u200bunarchive." in text


def test_an_app_with_all_scopes_is_not_told_of(alice: Person) -> None:
    assert "lacks the scope" not in text_of(opened(alice))


POLICY = """
admins = ["U0BOSS"]
[sites.atlantis]
title = "Atlantis"
"""


@pytest.mark.policy(POLICY)
class TestUnderAPolicy:
    def test_findings_and_faults_of_the_policy_are_shown_to_admins(
        self, slack: Workspace, policy_file: Path
    ) -> None:
        boss = slack.person("U0BOSS", name="boss")
        assert "Policy file: sites.atlantis: the Munki repo has no such site" in text_of(
            opened(boss)
        )

        policy_file.write_text("admins = 7")

        fault = "Policy file: rollcall.toml, line 1: admins is 7; write a list"
        time.sleep(INTERVAL)
        eventually(lambda: fault in text_of(opened(boss)))

    def test_a_catalog_that_nobody_made_and_a_state_of_no_mac_are_among_them(
        self, slack: Workspace, policy_file: Path, repo_folder: Path
    ) -> None:
        catalogs = repo_folder / "catalogs"
        catalogs.mkdir(exist_ok=True)
        (catalogs / "production").write_text("")
        policy_file.write_text(f'{POLICY}\n[builds.design]\ncatalogs = ["prodution"]\n')
        with policy_file.open("a") as file:
            file.write("[stall]\nimagin = 20\n")

        boss = slack.person("U0BOSS", name="boss")
        fault = "has no catalog 'prodution'; did you mean 'production'?"
        time.sleep(INTERVAL)
        eventually(lambda: fault in text_of(opened(boss)))

        text = text_of(opened(boss))
        assert "stall.imagin: no Mac is ever in that state" in text

    def test_others_see_nothing_of_what_admins_mend(
        self, alice: Person, database: Database
    ) -> None:
        refuse(database, "not_in_channel: invite the bot to the channel", 1)

        text = text_of(opened(alice))
        assert "For an admin to fix" not in text
        assert version.current() not in text

    def test_a_repo_that_cannot_be_read_is_named(self, slack: Workspace, repo_folder: Path) -> None:
        boss = slack.person("U0BOSS", name="boss")
        (repo_folder / "manifests").rename(repo_folder / "elsewhere")

        assert "The Munki repo cannot be used" in text_of(opened(boss))
