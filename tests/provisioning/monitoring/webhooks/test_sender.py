"""Receivers that are slow, lie, or lead elsewhere: nothing of that holds us or leads us inside."""

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network

import pytest

from provisioning.monitoring.webhooks import sender
from provisioning.monitoring.webhooks.addresses import ForbiddenAddress, permitted
from provisioning.monitoring.webhooks.sender import NoAnswer
from tests.fakes.webhooks import Receiver
from tests.support.tables import for_each

LOOPBACK = (ip_network("127.0.0.0/8"),)
FORBIDDEN = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "64:ff9b::808:808",
    "100::1",
    "4000::1",
    "nonsense",
)


@for_each("address", FORBIDDEN)
def test_no_address_of_ours_is_posted_to(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        permitted([address], (), is_safe=True)


def test_a_look_up_that_takes_too_long_is_given_up() -> None:
    is_over = threading.Event()

    def resolve(_: str, __: int) -> Sequence[str]:
        is_over.wait(10)
        return ["127.0.0.1"]

    with pytest.raises(NoAnswer, match=r"no answer within 0\.2 seconds"):
        sender.post("https://slow.example", b"", {}, allowed=(), resolve=resolve, seconds=0.2)
    is_over.set()


def test_public_addresses_are_taken_and_private_ones_where_the_policy_allows_them() -> None:
    networks = (ip_network("10.1.0.0/16"),)
    assert permitted(["10.0.0.1", "93.184.216.34"], (), is_safe=True) == ["93.184.216.34"]
    assert permitted(["10.1.2.3"], networks, is_safe=True) == ["10.1.2.3"]
    assert permitted(["::ffff:10.1.2.3"], networks, is_safe=False) == ["::ffff:10.1.2.3"]
    with pytest.raises(ForbiddenAddress):
        permitted(["93.184.216.34"], networks, is_safe=False)  # without TLS, only what is allowed


def send(
    url: str, *, seconds: float = 10, found: Sequence[Sequence[str]] = (("127.0.0.1",),)
) -> int:
    looks = iter(found)
    answer = sender.post(
        url, b"{}", {}, allowed=LOOPBACK, seconds=seconds, resolve=lambda *_: next(looks)
    )
    return answer.status


def test_the_address_that_was_judged_is_the_one_that_is_posted_to(receiver: Receiver) -> None:
    """A name that leads elsewhere at its second look-up leads nowhere: there is none."""
    receiver.misbehave = lambda handler: writes(handler, b"HTTP/1.1 204 No\r\n\r\n")
    url = receiver.url.replace("127.0.0.1", "rebinding.example")

    assert send(url, found=(["127.0.0.1"], ["10.0.0.1"])) == 204
    with pytest.raises(ForbiddenAddress):
        send(url, found=(["10.0.0.1"], ["127.0.0.1"]))


def test_of_several_addresses_the_first_one_that_takes_a_connection_is_posted_to(
    receiver: Receiver,
) -> None:
    receiver.misbehave = lambda handler: writes(handler, b"HTTP/1.1 204 No\r\n\r\n")
    url = receiver.url.replace("127.0.0.1", "two.example")

    assert send(url, found=(["127.0.0.2", "10.0.0.1", "127.0.0.1"],)) == 204
    with pytest.raises(NoAnswer, match="cannot be reached"):
        send(url, found=(["127.0.0.2", "127.0.0.3"],))


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}

    assert send(receiver.url) == 302
    assert receiver.asked == 1


def writes(handler: BaseHTTPRequestHandler, said: bytes) -> None:
    """Answer in these bytes."""
    handler.wfile.write(said)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, so that no single read takes long."""
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return


def test_an_answer_that_drips_is_ended_in_time(receiver: Receiver) -> None:
    receiver.misbehave = drips

    began = time.monotonic()
    with pytest.raises(NoAnswer, match=r"within 0\.3 seconds"):
        send(receiver.url, seconds=0.3)

    assert time.monotonic() - began < 1


def test_one_that_says_nothing_is_left_in_time(receiver: Receiver) -> None:
    receiver.misbehave = lambda _: time.sleep(0.6)

    with pytest.raises(NoAnswer, match=r"within 0\.2 seconds"):
        send(receiver.url, seconds=0.2)


INTERIM = b"HTTP/1.1 102 Processing\r\n\r\n"


def test_what_comes_before_an_answer_is_not_the_answer(receiver: Receiver) -> None:
    """One that says that it works at it, or has hints, would be sent the message again."""
    said = INTERIM + b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No\r\n\r\n"
    receiver.misbehave = lambda handler: writes(handler, said)

    assert send(receiver.url) == 204
    receiver.misbehave = lambda handler: writes(handler, b"HTTP/1.1 101 Switching\r\n\r\n")
    assert send(receiver.url) == 101


def test_one_that_works_at_it_for_ever_is_left_in_time(receiver: Receiver) -> None:
    def works(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            while True:
                handler.wfile.write(INTERIM)
                time.sleep(0.01)

    receiver.misbehave = works
    with pytest.raises(NoAnswer, match=r"within 0\.2 seconds"):
        send(receiver.url, seconds=0.2)


def floods(handler: BaseHTTPRequestHandler) -> None:
    """Answer with a gigabyte."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(1024):
            handler.wfile.write(b"x" * 1024 * 1024)
    except OSError:
        return


def test_of_an_answer_without_end_little_is_read(receiver: Receiver) -> None:
    receiver.misbehave = floods

    assert send(receiver.url) == 200


@for_each(
    "said, reason",
    [
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "no HTTP"),
        (b"", "cannot be reached|no HTTP"),
        (b"hello\r\n\r\n", "no HTTP"),
    ],
)
def test_what_is_no_answer_of_http_is_said(said: bytes, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            line, _ = door.accept()
            with line:
                line.recv(65536)
                line.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NoAnswer, match=reason):
            send(f"http://127.0.0.1:{door.getsockname()[1]}/")
        thread.join()


def test_one_that_lies_about_its_length_or_ends_early_has_answered(receiver: Receiver) -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nshort"
    receiver.misbehave = lambda handler: writes(handler, said)

    assert send(receiver.url) == 200


def test_without_tls_at_the_other_end_nothing_is_sent(receiver: Receiver) -> None:
    with pytest.raises(NoAnswer):
        send(receiver.url.replace("http:", "https:"))

    assert receiver.asked == 0


def test_a_name_that_nobody_knows_is_said_so() -> None:
    def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(NoAnswer, match="name is not known"):
        sender.post("https://nowhere.invalid", b"", {}, allowed=(), resolve=unknown)
