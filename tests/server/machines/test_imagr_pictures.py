"""Pictures for Imagr's screen: one of the size of each screen, with the name of a site."""

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image

from infrastructure.database.engine import Database
from tests.support.owed import troubles
from tests.support.soaking import in_soak


@pytest.mark.parametrize(
    "path",
    [
        "/background/%E6%9D%B1%20%3F.png",
        *in_soak("drawn in one way", "/background.png", "/background/london.png"),
    ],
)
def test_everybody_gets_a_picture_of_the_size_of_their_screen(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(f"{path}?osver=10.14.6&osbuild=18G103&w=800&h=500&a=8-5")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert Image.open(io.BytesIO(answer.data)).size == (800, 500)


def test_imagr_appends_its_question_to_one_that_is_there_already(client: FlaskClient) -> None:
    named = client.get("/background/london.png?w=640&h=400").data
    glued = client.get("/background.png?site=london?osver=10.14.6&osbuild=18G103&w=640&h=400")

    assert glued.data == named
    assert client.get("/background.png?site=london?w=640&h=400").data == named
    assert client.get("/background.png?w=640&h=400").data != named


def test_a_size_that_is_none_is_that_of_a_usual_screen(client: FlaskClient) -> None:
    for asked in ("", "w=&h=", "w=-1&h=1e3", "w=%D9%A3%D9%A3%D9%A3&h=x" + "9" * 5000):
        answer = client.get(f"/background.png?{asked}")

        assert Image.open(io.BytesIO(answer.data)).size == (1920, 1080), asked


def test_nobody_in_slack_hears_what_strangers_ask_to_be_drawn(
    client: FlaskClient, database: Database
) -> None:
    assert client.get("/background/pay%20me.png?w=400&h=400").status_code == 200
    assert troubles(database) == []
