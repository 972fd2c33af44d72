"""The proxy of compose.tls.yaml: Caddy reads its file, and does what the page on proxies asks."""

import json
import os
import subprocess
from typing import Any

import pytest

from rollcall.settings import LiveSettings
from rollcall.webserver.limits import Limits
from server.app import largest_body
from tests.support.installation import ROOT
from tests.support.installing.composing import services
from tests.support.installing.packages import program
from tests.support.tables import for_each

MACS, BOARD = "https://deploy.example.com", "https://board.example.com"
CERTIFICATES = ["internal", "you@example.com", "/certificates/chain.pem /certificates/key.pem"]


def adapted(certificate: str, board: str = "") -> dict[str, Any]:
    """The server of the file, as Caddy understands it; `board` is where the board is reached."""
    given = {"BOOTSTRAP_URL": MACS, "ROLLCALL_URL": board, "PORT": "5000", "TLS": certificate}
    ended = subprocess.run(
        [program("caddy"), "adapt", "--adapter=caddyfile", "--config=deploy/caddy/Caddyfile"],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    [server] = json.loads(ended.stdout)["apps"]["http"]["servers"].values()
    return dict(server)


@pytest.fixture(scope="module")
def server() -> dict[str, Any]:
    """The server with an authority of its own."""
    return adapted("internal")


@for_each("certificate", CERTIFICATES[1:])
def test_a_certificate_comes_from_where_the_setting_says(certificate: str) -> None:
    assert adapted(certificate)["listen"] == [":443"]


@for_each(
    ("board", "hosts"),
    [
        ("", ["deploy.example.com"]),
        (MACS, ["deploy.example.com"]),
        (BOARD, ["board.example.com", "deploy.example.com"]),
    ],
)
def test_the_board_may_have_a_name_of_its_own(board: str, hosts: list[str]) -> None:
    [route] = adapted("internal", board)["routes"]

    assert sorted(route["match"][0]["host"]) == hosts


def test_nobody_is_redirected_and_slow_clients_are_ended(server: dict[str, Any]) -> None:
    assert server["automatic_https"] == {"disable_redirects": True}
    assert server["read_timeout"] == Limits().upload * 1e9
    assert server["read_header_timeout"] == Limits().idle * 1e9


def handlers(server: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The handlers of a kind, in their order."""
    routes = server["routes"][0]["handle"][0]["routes"]
    return [each for route in routes for each in route["handle"] if each["handler"] == kind]


def test_bodies_may_be_as_large_as_those_that_the_server_reads(server: dict[str, Any]) -> None:
    sizes = sorted(each["max_size"] for each in handlers(server, "request_body"))

    assert sizes[0] >= largest_body("/api/manifests/C02")
    for path in ("/board/hand-in/files", "/api/v1/imports/files"):
        assert sizes[1] >= largest_body(path) > sizes[0]


def test_servers_are_looked_up_anew_and_no_idle_connection_to_them_is_kept(
    server: dict[str, Any],
) -> None:
    news, proxy = handlers(server, "reverse_proxy")

    for each in (news, proxy):
        assert each["dynamic_upstreams"]["name"] in services("compose.scale.yaml")
        assert each["transport"]["keep_alive"] == {"enabled": False}
    # Caddy's own rule then holds: only a GET goes to another server once it was sent to one.
    assert "retry_match" not in proxy["load_balancing"]


def test_news_are_handed_on_as_they_come(server: dict[str, Any]) -> None:
    news, proxy = handlers(server, "reverse_proxy")

    assert (news["dynamic_upstreams"]["name"], news["flush_interval"]) == ("live", -1)
    assert "flush_interval" not in proxy
    port = LiveSettings.model_fields["port"]
    assert news["dynamic_upstreams"]["port"] == str(port.default)


def test_the_server_believes_the_one_proxy_before_it() -> None:
    assert services("compose.tls.yaml")["server"]["environment"]["ROLLCALL_PROXIES"] == "1"
