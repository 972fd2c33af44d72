"""A certificate for loopback, by an authority of the tests' own."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"  # libldap takes `localhost` for the machine's own name
SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def certify(folder: Path) -> None:
    """Write an authority (`ca.pem`), and a certificate for HOST with its key, into a folder."""
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in "12")
    issuer, public = _name("An authority of the tests"), authority.public_key()
    basic = x509.BasicConstraints(ca=True, path_length=0)
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    own = _certificate(issuer, issuer, public).add_extension(basic, critical=True)
    own = own.add_extension(identifier, critical=False).add_extension(SIGNS, critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    # Python 3.13 takes no certificate that does not name the key of its authority.
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
    leaf = _certificate(_name(HOST), issuer, key.public_key())
    leaf = leaf.add_extension(address, critical=False).add_extension(by, critical=False)
    for name, unsigned in (("ca.pem", own), ("certificate.pem", leaf)):
        signed = unsigned.sign(authority, hashes.SHA256())
        (folder / name).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(name: x509.Name, issuer: x509.Name, public: Any) -> x509.CertificateBuilder:
    """A certificate of today that nobody has signed yet."""
    now, day = datetime.now(UTC), timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer)
    builder = builder.public_key(public).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - day).not_valid_after(now + day)
