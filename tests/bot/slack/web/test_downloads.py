"""Downloads of files: our token is sent to Slack's own addresses alone."""

import base64
import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.slack.web.downloads import NotDownloadable, fetch, is_slacks
from provisioning.imports import sources
from tests.support.running.serving import served
from tests.support.tables import for_each

API = "https://slack.com/api/"


@for_each(
    ("url", "api_url"),
    [
        ("https://files.slack.com/files-pri/T0-F0/macs.csv", API),
        ("https://files.slack.com:443/files-pri/T0-F0/macs.csv", API),
        ("https://files.slack-gov.com/files-pri/x", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:4000/files-pri/x", "http://127.0.0.1:4000/api/"),
    ],
)
def test_an_address_of_slacks_is_asked(url: str, api_url: str) -> None:
    assert is_slacks(url, api_url)


@for_each(
    "url",
    [
        "http://files.slack.com/files-pri/x",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "https://evil.example/files.slack.com",
        "https://evil.example\\@files.slack.com/x",
        "https://files.slack.com\\@evil.example/x",
        "https://files.slack.com:8443/x",
        "https://files.slack.com:no/x",
        "file:///etc/passwd",
        "//files.slack.com/x",
        "http://127.0.0.1:4000/x",
        "http://169.254.169.254/latest/meta-data",
        "https://[files.slack.com/x",
        "",
    ],
)
def test_no_address_of_others_is_asked(url: str) -> None:
    assert not is_slacks(url, API)
    with pytest.raises(NotDownloadable, match="Slack does not keep it itself"):
        fetch(url, "macs.csv", token="xoxb-secret", api_url=API)


class Bytes(Response):
    """An answer that is no page where it does not say so."""

    default_mimetype = "application/octet-stream"


@pytest.fixture
def host() -> Iterator[str]:
    """The address of a host of files that answers as its paths say."""
    app = Flask(__name__)
    app.response_class = Bytes
    packed = gzip.compress(b"C02XG0FDJGH5")

    @app.get("/file")
    def file() -> str:
        return request.headers["Authorization"]

    @app.get("/moved")
    def moved() -> AnyResponse:
        return redirect("/file")

    @app.get("/page")
    def page() -> Response:
        return Response("sign in", content_type="Text/HTML; charset=utf-8")

    @app.get("/packed")
    def unpacked() -> Response:
        return Bytes(packed, headers={"Content-Encoding": "gzip"})

    @app.get("/large")
    def large() -> Response:
        return Bytes(b"x" * (1 << 20) for _ in range(21))

    @app.get("/cut")
    def cut() -> Response:
        return Bytes(iter([b"half"]), headers={"Content-Length": "8"})

    @app.get("/<int:status>")
    def failing(status: int) -> tuple[str, int]:
        return "", status

    with served(app) as address:
        yield address


def got(host: str, path: str) -> bytes:
    return fetch(f"{host}/{path}", "macs.csv", token="xoxb-secret", api_url=f"{host}/api/")


def test_a_file_is_fetched_with_the_token(host: str) -> None:
    assert got(host, "file") == b"Bearer xoxb-secret"


@for_each("path", ["moved", "page", "401", "403"])
def test_what_slack_does_not_show_us_is_told_and_no_redirect_followed(host: str, path: str) -> None:
    with pytest.raises(NotDownloadable, match="Slack does not show it to Rollcall"):
        got(host, path)


@pytest.mark.parametrize("path", ["404", "410"])
def test_a_file_that_is_gone_is_told(host: str, path: str) -> None:
    with pytest.raises(NotDownloadable, match="Slack no longer has it"):
        got(host, path)


@for_each("path", ["429", "500", "503", "cut"])
def test_what_may_come_later_is_worth_another_attempt(host: str, path: str) -> None:
    with pytest.raises(OSError, match=r"HTTP|Protocol"):
        got(host, path)


def test_a_host_that_is_away_is_worth_another_attempt() -> None:
    with pytest.raises(OSError, match="refused"):
        got("http://127.0.0.1:9", "file")


def test_nothing_is_unpacked_on_its_way(host: str) -> None:
    """A few bytes could become any number of them."""
    assert gzip.decompress(got(host, "packed")) == b"C02XG0FDJGH5"


def test_a_file_that_says_nothing_of_its_size_is_not_read_beyond_the_limit(host: str) -> None:
    with pytest.raises(NotDownloadable, match="it has more than 20 MB"):
        got(host, "large")
    assert sources.LARGEST == 20_000_000


def test_a_file_that_comes_too_slowly_is_worth_another_attempt(host: str) -> None:
    url = f"{host}/large"
    with pytest.raises(TimeoutError, match=r"macs.csv took longer than 0\.001 seconds"):
        fetch(url, "macs.csv", token="x", api_url=f"{host}/api/", longest=0.001)


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_hears_the_login_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """With or without a scheme, and with odd characters as a URL has to have them."""
    app, heard = Flask("proxy"), []

    @app.before_request
    def proxied() -> Response:
        heard.append(request.headers.get("Proxy-Authorization"))
        return Response(b"serial", mimetype="text/csv")

    with served(app) as address:
        host = address.removeprefix("http://")
        monkeypatch.setenv("http_proxy", f"{scheme}user:p%40ss%C3%A9@{host}")
        monkeypatch.setenv("no_proxy", "")
        api = "http://slack.example:80/api/"
        assert fetch("http://slack.example:80/macs.csv", "macs.csv", token="x", api_url=api)

    assert heard == ["Basic " + base64.b64encode("user:p@ssé".encode()).decode()]
