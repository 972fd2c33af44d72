"""Locations of a repo in a bucket, as MUNKI_REPO names them."""

import pytest

from provisioning.munki.locations import refuse_impossible, store
from provisioning.munki.storage import UnusablePlace
from rollcall.settings import RepoSettings, UnusableSettings, read
from tests.support.tables import for_each


@for_each(
    "place", ["s3://munki", "s3://munki/", "s3://munki.example.com/a b/ü/", "s3://m_1/.hidden/..."]
)
def test_a_bucket_may_have_a_prefix(place: str) -> None:
    refuse_impossible(place)


@for_each(
    "place",
    [
        "s3://",
        "s3://ab",
        "s3:///prefix",
        "s3://a,b/x",
        "s3://munki//x",
        "s3://munki/../x",
        "s3:/munki",
        "S3://munki",
        "s3://key:secret@munki/x",
    ],
)
def test_what_cannot_be_one_is_refused_at_the_start(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnusablePlace):
        store(place)

    monkeypatch.setenv("MUNKI_REPO", place)
    monkeypatch.setenv("ROLLCALL_CHANNEL", "C0IMAGING")
    with pytest.raises(UnusableSettings, match=r"- MUNKI_REPO: it ") as raised:
        read(RepoSettings)
    assert "secret" not in str(raised.value)
