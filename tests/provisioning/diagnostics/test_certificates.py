"""Certificates that Macs have to accept: the doctor's findings about their dates."""

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infrastructure.database.engine import Database
from provisioning.diagnostics import Examination, endpoints, examined
from provisioning.munki import MunkiRepo
from tests.support.tables import for_each

NOW = datetime.now(UTC)
Served = Callable[[timedelta], str]


def certified(folder: Path, good_for: timedelta) -> Path:
    """A certificate for loopback, with its key, that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + good_for)
        .add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve https with a certificate that is good for so long; returns where."""
    servers = []

    def serve(good_for: timedelta) -> str:
        path = certified(tmp_path, good_for)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))  # whom this machine believes
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"https://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def found(url: str) -> list[str]:
    """The doctor's findings about a certificate."""
    return [str(finding) for finding in endpoints.certificate(url, NOW)]


def test_one_that_is_good_for_a_year_is_none(served: Served) -> None:
    assert found(served(timedelta(days=365))) == []


def test_one_that_ends_within_three_weeks_is_told_with_its_day(served: Served) -> None:
    [finding] = found(served(timedelta(days=10)))

    assert f"expires on {NOW + timedelta(days=10):%Y-%m-%d}" in finding
    assert "Renew it" in finding


def test_one_that_has_ended_is_told(served: Served) -> None:
    [finding] = found(served(-timedelta(days=1)))

    assert "is refused (certificate has expired)" in finding
    assert "Renew it" in finding


def test_one_of_an_authority_that_is_not_known_is_told_with_how_to_name_that(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = served(timedelta(days=365))
    monkeypatch.delenv("SSL_CERT_FILE")

    [finding] = found(url)

    assert "is refused (self-signed certificate" in finding.replace("self signed", "self-signed")
    assert "SSL_CERT_FILE" in finding
    assert "Renew it" not in finding


def test_an_address_whose_certificate_is_refused_or_that_is_away_is_told_once(
    served: Served, database: Database, repo: MunkiRepo
) -> None:
    def told(url: str) -> list[str]:
        return [
            str(finding)
            for finding in examined(Examination(repo, database, url=url))
            if url in str(finding)
        ]

    [refused], [away] = told(served(-timedelta(days=1))), told("https://127.0.0.1:9/")

    assert "is refused" in refused
    assert "cannot be reached from here (Connection refused)" in away
    assert "Set BOOTSTRAP_URL to where Macs reach the server" in away


def test_plain_http_has_none_and_what_is_away_is_told() -> None:
    assert found("http://127.0.0.1:9/") == []
    assert "cannot be reached from here (Connection refused)" in found("https://127.0.0.1:9/")[0]


@for_each(
    ("ahead", "said"),
    [
        (timedelta(seconds=5), None),
        (timedelta(minutes=10), "600 s ahead of this one"),
        (-timedelta(hours=1), "3600 s behind this one"),
    ],
)
def test_a_clock_that_is_wrong_is_told(ahead: timedelta, said: str | None) -> None:
    findings = [str(finding) for finding in endpoints.clock(NOW + ahead, NOW, "the database")]

    assert (findings == []) if said is None else (said in findings[0])
