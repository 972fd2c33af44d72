"""The slim image's libraries alone: what it is without is said, and all else works."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.journeys.operations.calls import HTTP, confirmations
from tests.support.inputs import labels
from tests.support.installation import CHANNEL, Installation
from tests.support.installing.slim import slim_root
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NO_PHOTOS = "the slim image of Rollcall, which runs here, reads no photos"
NO_PICTURES = "The slim image of Rollcall, which runs here, draws no pictures."
# What its processes are made of, all in one.
TOGETHER = """
import os

from provisioning.imports.photos import labels
from provisioning.values import libraries
from rollcall.application import Application
from rollcall.settings import BotSettings, JobsSettings, RelaySettings, ServerSettings
from rollcall.settings import UnusableSettings, read

kinds = (ServerSettings, BotSettings, RelaySettings, JobsSettings)
application = Application(*(read(kind) for kind in kinds))
application.web_app(), application.job_handlers, application.periodic_tasks
for refused in (lambda: labels.read(b""), libraries.need_pictures):
    try:
        refused()
    except Exception as error:
        print(error)
os.environ["MUNKI_REPO"] = "s3://munki"
try:
    read(ServerSettings)
except UnusableSettings as error:
    print(error)
"""


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, slack: Workspace) -> Iterator[Installation]:
    """All of Rollcall, without what photos, pictures and buckets need."""
    few = {"ROLLCALL_WORKERS": "1", **HTTP}
    root = slim_root(tmp_path / "slim")
    with Installation(tmp_path, repo_folder, slack.api_url, settings=few, root=root) as running:
        running.start()
        running.wait_until_ready()
        slack.connect_http(f"{running.url}/slack/events")
        yield running


def typed(person: Person, text: str) -> str:
    return person.slash("/mac", text, channel=CHANNEL).text


def test_nothing_needs_what_the_slim_image_is_without(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    root = slim_root(tmp_path / "slim")
    slim = Installation(tmp_path, repo_folder, slack.api_url, settings=HTTP, root=root)

    ended = subprocess.run(
        [root / ".venv/bin/python", "-c", TOGETHER],
        env=slim.environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert NO_PHOTOS in ended.stdout
    assert NO_PICTURES in ended.stdout
    assert "MUNKI_REPO: it is in a bucket, which the slim image cannot reach" in ended.stdout


@soak_only("the test above loads all processes and has each sentence; four processes start here")
def test_what_the_slim_image_is_without_is_said_and_all_else_works(
    rollcall: Installation, slack: Workspace
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    label = labels.Label.invent(random.Random(1), serial="C02XG0FDJGH5")
    photo = labels.encoded(labels.photo([label], megapixels=1))

    alice.drop(CHANNEL, ("box.jpg", photo), text=f"<@{slack.app.bot_user_id}> london design")
    assert NO_PICTURES in typed(alice, "stats")
    answer = requests.get(f"{rollcall.url}/background.png", timeout=5)
    assert (answer.status_code, answer.text.strip()) == (404, NO_PICTURES)
    eventually(
        lambda: any(NO_PHOTOS in readable(each) for each in slack.channels[CHANNEL].messages)
    )

    assert "Registered `C02AAA`" in typed(alice, "register C02AAA london design")
    assert rollcall.mac("C02AAA").boot("london", "design").code == 0
    eventually(lambda: confirmations(slack) == ["C02AAA"])
    assert "Traceback" not in rollcall.log.read_text()
