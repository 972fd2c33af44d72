"""Webhooks and watchdogs: what they are sent, and what becomes of secrets."""

import json
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, Response, request
from structlog.testing import capture_logs

from infrastructure.execution.deadlines import deadline
from provisioning.monitoring.alerts.alert import BEGUN, Alert, AlertNotice
from provisioning.monitoring.alerts.targets import AlertWebhook, NoticeRefused, Watchdog, tell_all
from tests.support.running.certificates import certify
from tests.support.running.dripping import LONG, dripping
from tests.support.running.serving import served
from tests.support.tables import for_each

SINCE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALERT = Alert("disk /data", "Rollcall on a runs out of disk: 1 %.", "Make room on it.", SINCE)
BURNS = AlertNotice(ALERT, BEGUN)
MIB = 1024 * 1024
RESET = struct.pack("ii", 1, 0)  # as SO_LINGER: what ends a connection resets it


@contextmanager
def web(*answers: int) -> Iterator[tuple[str, list[tuple[str, object]]]]:
    """A server that gives these answers, the last one over and over; yields URL and requests."""
    app, asked = Flask(__name__), []

    @app.route("/SECRET", methods=["GET", "POST"])
    def take() -> Response:
        asked.append((request.method, json.loads(request.data) if request.data else None))
        status = answers[min(len(asked), len(answers)) - 1]
        return Response(status=status, headers={"Location": "/elsewhere"})

    with served(app) as url:
        yield f"{url}/SECRET", asked


def test_a_webhook_gets_all_of_it_as_json() -> None:
    with web(200) as (url, asked):
        AlertWebhook(url).tell(BURNS)

    assert asked == [
        (
            "POST",
            {
                "text": "Rollcall on a runs out of disk: 1 %. Make room on it.",
                "alert": "disk",
                "state": "firing",
                "since": "2026-03-02T12:00:00+00:00",
                "fix": "Make room on it.",
            },
        )
    ]


def test_a_watchdog_is_requested() -> None:
    with web(200) as (url, asked):
        Watchdog(url).ping()

    assert asked == [("GET", None)]


@for_each("status", [302, 404, 500])
def test_any_other_answer_than_a_good_one_is_none_and_no_redirect_is_followed(status: int) -> None:
    with web(status) as (url, asked), pytest.raises(NoticeRefused, match=f"it answered {status}"):
        AlertWebhook(url).tell(BURNS)

    assert len(asked) == 1


def test_why_a_target_cannot_be_reached_is_told(tmp_path: Path) -> None:
    certify(tmp_path)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")

    def told(scheme: str, answer: bytes, context: ssl.SSLContext | None = None) -> str:
        def serve() -> None:
            with suppress(OSError), door.accept()[0] as plain:
                tls = context.wrap_socket(plain, server_side=True) if context else None
                with tls or plain as line:
                    line.recv(4096)
                    if answer == RESET:
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        return
                    line.sendall(answer)

        with socket.create_server(("127.0.0.1", 0)) as door:
            thread = Thread(target=serve)
            thread.start()
            with pytest.raises(NoticeRefused) as untold:
                AlertWebhook(f"{scheme}://127.0.0.1:{door.getsockname()[1]}/SECRET").tell(BURNS)
        thread.join()
        return str(untold.value)

    assert "(its certificate is not good: " in told("https", b"", secured)
    assert "(it speaks no TLS that we know)" in told("https", b"HTTP/1.1 400 Bad\r\n\r\n")
    assert "(it answered no HTTP)" in told("http", b"SSH-2.0-SECRET\r\n")
    assert "(it ended the connection)" in told("http", b"")
    assert "(it ended the connection)" in told("http", RESET)
    assert "(it ended the connection)" in told("https", b"")
    for url, reason in (
        ("http://127.0.0.1:9/SECRET", "Connection refused"),
        ("http://SECRET.invalid/", "its name is not known"),
        (f"http://{'SECRET' * 12}/", "its name is not known"),
    ):
        with pytest.raises(NoticeRefused, match=f"^it cannot be reached \\({reason}\\)$"):
            AlertWebhook(url).tell(BURNS)


def test_an_answer_that_drips_holds_up_no_other_alert() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nX: ") as there, suppress(NoticeRefused), deadline(0.2):
        begun = time.monotonic()
        AlertWebhook(f"http://{there}/").tell(BURNS)
    assert time.monotonic() - begun < LONG


def test_an_answer_without_end_is_not_read() -> None:
    app, sent = Flask(__name__), [0]

    @app.route("/", methods=["GET", "POST"])
    def answer_on_and_on() -> Response:
        def pieces() -> Iterator[bytes]:
            while sent[0] < 64 * MIB:
                sent[0] += MIB
                yield b"x" * MIB

        return Response(pieces())

    with served(app) as url:
        AlertWebhook(url).tell(BURNS)
        Watchdog(url).ping()
    assert sent[0] < 64 * MIB


@pytest.mark.parametrize("has_port", [True, False])
def test_alerts_and_the_watchdog_go_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, *, has_port: bool
) -> None:
    """But not to hosts that `no_proxy` names, alone or with their port."""
    app, heard = Flask("proxy"), []

    @app.before_request
    def proxied() -> Response:
        heard.append(request.headers["Host"])
        return Response()

    with web(200) as (url, asked), served(app) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        there = url.removeprefix("http://").removesuffix("/SECRET")
        monkeypatch.setenv("no_proxy", there if has_port else there.partition(":")[0])
        AlertWebhook("http://chat.example/SECRET").tell(BURNS)
        Watchdog("http://alive.example/SECRET").ping()
        Watchdog(url).ping()

    assert heard == ["chat.example", "alive.example"]
    assert asked == [("GET", None)]


@for_each("proxy", ["", "http://{}", "http://u:SECRET@{}"])
def test_a_call_whose_line_is_cut_is_not_made_again_before_the_next_minute(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, calls = Flask(__name__), list[str]()

    @app.before_request
    def hang_up() -> Response:
        calls.append(request.host)
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response()

    monkeypatch.delenv("no_proxy", raising=False)
    with served(app) as url:
        monkeypatch.setenv("http_proxy", proxy.format(url.removeprefix("http://")))
        with pytest.raises(NoticeRefused, match="it cannot be reached"):
            Watchdog("http://alive.example/" if proxy else url).ping()

    assert len(calls) == 1


@for_each("proxy", ["socks5://u:SECRET@proxy:1080", "http://u:SECRET@proxy:99999", "u:SE#CRET@a"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    for call in (
        partial(AlertWebhook("http://chat.example/").tell, BURNS),
        Watchdog("http://alive.example/").ping,
    ):
        with pytest.raises(NoticeRefused, match="it cannot be reached") as told:
            call()
        assert "SE" not in str(told.value)


def test_what_fails_at_a_proxy_is_told_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(proxy: str) -> str:
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(NoticeRefused) as untold:
            AlertWebhook("https://chat.example/SECRET").tell(BURNS)
        return str(untold.value)

    monkeypatch.delenv("no_proxy", raising=False)
    assert "(the proxy: Connection refused)" in told("http://u:SECRET@127.0.0.1:9")
    assert "(the proxy: its name is not known)" in told("http://u:SECRET@proxy.invalid")
    with dripping(b"HTTP/1.1 407 Log in\r\n\r\n") as there:
        assert "(the proxy: Tunnel connection failed: 407 Log in)" in told(
            f"http://u:SECRET@{there}"
        )
    assert "(HTTPS_PROXY has no address of a proxy that can be used: " in told("http://u:SE#CRET@a")


def test_hints_before_an_answer_are_not_the_answer() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    with dripping(hints + b"HTTP/1.1 204 No Content\r\n\r\n") as there:
        AlertWebhook(f"http://{there}/").tell(BURNS)


def test_no_error_and_no_line_of_the_log_tells_the_url() -> None:
    nobody = AlertWebhook("http://127.0.0.1:9/SECRET")
    with capture_logs() as lines:
        assert not tell_all([nobody], BURNS)

    assert [line["target"] for line in lines] == ["ROLLCALL_ALERT_URL"]
    assert "SECRET" not in str(lines)


def test_one_target_that_takes_it_is_enough_and_the_others_are_asked_all_the_same() -> None:
    with web(500) as (bad, _), web(200) as (good, asked), capture_logs() as lines:
        assert tell_all([AlertWebhook(bad), AlertWebhook(good)], BURNS)
        assert not tell_all([], BURNS)

    assert len(asked) == 1
    assert [line["event"] for line in lines] == ["alert not told", "alert told"]
