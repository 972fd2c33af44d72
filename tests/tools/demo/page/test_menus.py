"""Menus of the page whose options the app offers, with the bot behind them."""

import pytest

from tests.fakes.mac import Mac
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tools.demo.page.app import create_app
from tools.demo.page.bench import DemoMacs
from tools.demo.page.people import CAST, gather

HERE = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"}


@pytest.mark.usefixtures("bot")
def test_what_is_typed_into_a_menu_finds_options_of_which_one_is_picked(slack: Workspace) -> None:
    gather(slack)
    bench = DemoMacs(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    page = create_app(slack, CAST, bench).test_client()
    alice = slack.person("U0ALICE")
    assert alice.slash("/mac", "", channel=CHANNEL).error is None
    window = f"/U0ALICE/on/v.{alice.open_view().id}"

    offered = page.get(
        f"{window}/offers", query_string={"field": "site", "query": "lon"}, headers=HERE
    )
    picked = page.post(f"{window}/pick", data={"field": "site", "value": "london"}, headers=HERE)

    assert '"value": "london"' in offered.text
    assert "paris" not in offered.text
    assert picked.status_code == 200
    assert "london" in picked.text
