"""The keys of a bucket: from a role, from a file that another program renews, or from nowhere."""

from pathlib import Path

import pytest

from provisioning.munki.storage.s3.client import Timeouts
from provisioning.munki.storage.s3.store import BucketStore
from tests.fakes.s3 import Bucket, S3Server
from tests.provisioning.munki.storage.s3.complaints import LONG, complaint
from tests.support.databases.postgres import free_port

DEFAULT = "manifests/site_default"
KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
FILE = "[default]\naws_access_key_id = AKIAFROMAFILE\naws_secret_access_key = of-the-file\n"


@pytest.fixture
def keyless(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file of keys that is not there yet, on a machine without other keys."""
    for name in KEYS:
        monkeypatch.delenv(name)
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return file


def test_keys_that_come_later_are_taken_without_a_restart(bucket: Bucket, keyless: Path) -> None:
    store = BucketStore(bucket.place, Timeouts(keys=0, pauses=()))
    assert "there are no keys" in complaint(lambda: store.read(DEFAULT), within=LONG)

    keyless.write_text(FILE)

    assert store.read(DEFAULT)


def test_keys_that_another_program_renewed_are_taken_at_once(
    s3_server: S3Server, bucket: Bucket, keyless: Path
) -> None:
    keyless.write_text(FILE)
    store = BucketStore(bucket.place, Timeouts(keys=0, pauses=(0.01,)))
    s3_server.fail(1, status=400, code="ExpiredToken")

    assert store.read(DEFAULT)


def test_keys_that_stay_wrong_are_not_looked_for_all_the_time(
    s3_server: S3Server, bucket: Bucket, keyless: Path
) -> None:
    keyless.write_text(FILE)
    store = BucketStore(bucket.place, Timeouts(pauses=(0.01,)))
    s3_server.fail(status=403, code="InvalidAccessKeyId")
    s3_server.requests()

    assert "look at AWS_ACCESS_KEY_ID" in complaint(lambda: store.read(DEFAULT), within=LONG)
    assert len(s3_server.requests()) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "s3.example.com", "AWS_ENDPOINT_URL begins with https://"),
        ("AWS_ACCESS_KEY_ID", "AKIAOFTHETESTS\r", "AWS_ACCESS_KEY_ID has a line's end"),
        ("AWS_PROFILE", "of-another-machine", "look at AWS_PROFILE"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token", "/nowhere/token"),
    ],
)
def test_a_variable_that_cannot_be_is_named(
    keyless: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/rollcall")
    monkeypatch.setenv(name, value)

    store = BucketStore("s3://bucket", Timeouts(pauses=(0.01,)))

    assert said in complaint(lambda: store.read(DEFAULT), within=LONG)


def test_a_role_that_gives_no_keys_is_not_taken_for_the_rights_of_the_bucket(
    s3_server: S3Server, bucket: Bucket, keyless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyless.write_text("a token")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/rollcall")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(keyless))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{keyless}.none")
    s3_server.fail(status=403, methods=("POST",))

    store = BucketStore(bucket.place)

    assert "role gave no keys" in complaint(lambda: store.read(DEFAULT), within=LONG)


def test_a_proxy_that_is_not_there_is_not_taken_for_the_bucket_s_server(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://robot:hunter2@127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "")
    store = BucketStore("s3://bucket", Timeouts(pauses=(0.01,)))

    told = complaint(lambda: store.read(DEFAULT), within=LONG)

    assert "look at HTTPS_PROXY and NO_PROXY" in told
    assert "hunter2" not in told
