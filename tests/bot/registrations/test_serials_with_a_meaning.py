"""A serial that is the name of a site or a build is not registered."""

from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from rollcall.settings import BotSettings
from tests.fakes.slack import Workspace, readable
from tests.support.installation import CHANNEL


@pytest.fixture
def bot_settings(bot_settings: BotSettings, repo_folder: Path, tmp_path: Path) -> BotSettings:
    """A bot of a repo whose builds are the manifests that begin with lab-."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nbuilds = {prefix = "lab-"}\n')
    (repo_folder / "manifests/lab-07").touch()
    return bot_settings.model_copy(update={"policy": policy})


@pytest.mark.usefixtures("bot")
def test_a_serial_with_a_meaning_is_refused_with_what_to_do(
    slack: Workspace, database: Database
) -> None:
    alice = slack.person("U0ALICE", name="alice")

    alice.slash("/mac", "register LAB-07 london 07", channel=CHANNEL)

    told = readable(alice.ephemerals[-1])
    assert "The serial LAB-07 is the name of a build in the Munki repo" in told
    assert "Correct the serial" in told
    with database.reading() as session:
        assert list(session.scalars(select(Registration))) == []
