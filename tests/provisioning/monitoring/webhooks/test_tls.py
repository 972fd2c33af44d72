"""Receivers by https: their certificates have to be good for the name in the address."""

import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from provisioning.monitoring.webhooks import sender
from provisioning.monitoring.webhooks.sender import NoAnswer
from tests.fakes.webhooks import Receiver, receiving
from tests.support.running.certificates import certify

NAME = "127.0.0.1"  # of the certificate


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate, its key, and its authority."""
    folder = tmp_path_factory.mktemp("certificates")
    certify(folder)
    return folder


@pytest.fixture
def receiver(certificates: Path) -> Iterator[Receiver]:
    """A receiver by https."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")
    with receiving(context) as receiver:
        receiver.status = 404  # so that it verifies no signature
        yield receiver


def send(receiver: Receiver, name: str, ours: ssl.SSLContext) -> int:
    """Post to the receiver under a name."""
    answer = sender.post(
        receiver.url.replace("127.0.0.1", name),
        b"{}",
        {},
        allowed=(ip_network("127.0.0.0/8"),),
        resolve=lambda *_: ["127.0.0.1"],
        context=lambda: ours,
    )
    return answer.status


def test_a_certificate_that_is_good_for_the_name_is_taken(
    receiver: Receiver, certificates: Path
) -> None:
    ours = ssl.create_default_context(cafile=certificates / "ca.pem")

    assert send(receiver, NAME, ours) == 404


def test_a_certificate_of_another_name_is_refused_before_anything_is_told(
    receiver: Receiver, certificates: Path
) -> None:
    ours = ssl.create_default_context(cafile=certificates / "ca.pem")

    with pytest.raises(NoAnswer, match="not valid for"):
        send(receiver, "inventory.example", ours)
    assert receiver.asked == 0


def test_a_certificate_of_an_unknown_authority_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NoAnswer, match="certificate is not good"):
        send(receiver, NAME, ssl.create_default_context())
    assert receiver.asked == 0
