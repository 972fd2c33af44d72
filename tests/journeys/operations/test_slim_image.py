"""The slim image's libraries alone: what it is without is said, and all else works."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.person import Person
from tests.journeys.operations.calls import HTTP, confirmations
from tests.support import labels
from tests.support.installation import CHANNEL, Installation
from tests.support.slim import slim_root
from tests.support.waiting import eventually

NO_PHOTOS = "the slim image of Rollcall, which runs here, reads no photos"
NO_PICTURES = "The slim image of Rollcall, which runs here, draws no pictures."


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

    assert "Registered 1 Mac" in typed(alice, "register C02AAA london design")
    assert rollcall.mac("C02AAA").boot("london", "design").code == 0
    eventually(lambda: confirmations(slack) == ["C02AAA"])

    rollcall.environment["MUNKI_REPO"] = "s3://munki"
    refused = rollcall.run("server")
    assert refused.returncode == 1
    assert "MUNKI_REPO: it is in a bucket, which the slim image cannot reach" in refused.stderr
    assert "Traceback" not in rollcall.log.read_text()
