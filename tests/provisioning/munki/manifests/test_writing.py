"""Writing of manifests: their format, and values that are refused."""

import plistlib
import struct
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import dumps, loads
from tests.support.fixtures.repo import LONDON
from tests.support.inputs import strategies
from tests.support.inputs.manifests import merge
from tests.support.installation import ROOT
from tests.support.soaking import rows_in_soak
from tests.support.tables import for_each

READ_AND_WRITE = """
import resource, sys
from provisioning.munki.manifests.documents import dumps, loads

resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
dumps("m", loads("m", sys.stdin.buffer.read()))
"""


def binary(content: Any) -> bytes:
    return plistlib.dumps(content, fmt=plistlib.FMT_BINARY)


def shared(times: int, depth: int) -> dict[str, Any]:
    """A few hundred bytes in binary that XML needs `times ** depth` elements for."""
    content: Any = ["laugh"]
    for _ in range(depth):
        content = [content] * times
    return {"notes": content}


@for_each("depth", [10, 1000, 30_000])
def test_however_deep_a_manifest_is_it_is_kept_or_refused(depth: int) -> None:
    nested = b"<array>" * depth + b"</array>" * depth
    content = b'<plist version="1.0"><dict><key>k</key>' + nested + b"</dict></plist>"
    try:
        assert loads("m", dumps("m", loads("m", content))).keys() == {"k"}
    except ManifestUnreadable:
        assert depth > 100


def test_a_manifest_that_holds_itself_is_refused() -> None:
    itself = b"bplist00\xd1\x01\x00\x51k\x08\x0b" + struct.pack(">6xBBQQQ", 1, 1, 2, 0, 13)
    with pytest.raises(ManifestUnreadable):
        dumps("m", loads("m", itself))


BOMBS = {
    "arrays of arrays": shared(times=10, depth=9),
    "a long text named often": {"notes": ["ha" * 250_000] * 50_000},
}


@rows_in_soak("the test above has a smaller one, refused by the same line", "arrays of arrays")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_billion_laughs_in_binary_are_refused_at_once(bomb: dict[str, Any]) -> None:
    """In a process with a GiB of memory, which is ended where it does not come to an end."""
    ended = subprocess.run(
        [sys.executable, "-c", READ_AND_WRITE],
        input=binary(bomb),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert b"ManifestUnreadable" in ended.stderr


@for_each("value", [plistlib.UID(1), 2**64, -(2**63) - 1, "\0", "\x1b[31m", None])
def test_what_xml_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ManifestUnreadable, match="it holds values that XML cannot"):
        dumps("C02ABC", {"k": value})


def test_what_is_written_looks_as_munkis_own_tools_write_it() -> None:
    assert dumps("m", {"b": ["x"], "a": "é & <"}).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
        '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
        '<plist version="1.0">\n'
        "<dict>\n"
        "\t<key>a</key>\n\t<string>é &amp; &lt;</string>\n"
        "\t<key>b</key>\n\t<array>\n\t\t<string>x</string>\n\t</array>\n"
        "</dict>\n</plist>\n"
    )


@given(strategies.manifests)
def test_what_is_written_is_read_back_as_it_was(manifest: dict[str, Any]) -> None:
    assert loads("m", dumps("m", manifest)) == manifest
    assert dumps("m", loads("m", dumps("m", manifest))) == dumps("m", manifest)


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
texts = st.text(letters, max_size=5)
odd = st.sampled_from(["\uffff", "\ufffe", "\x85", "\u2028", "\x7f", "\U0001fffe"])


@given(st.dictionaries(texts, texts | odd, max_size=3))
def test_what_a_binary_manifest_holds_is_kept_exactly_or_refused(manifest: dict[str, str]) -> None:
    """XML has no U+FFFF, for one: written down it is a manifest that no Mac can read.

    Carriage returns are not looked at: in XML they are line feeds.
    """
    merged = merge(loads("m", binary(manifest)), LONDON)
    try:
        fresh = dumps("m", merged)
    except ManifestUnreadable:
        return

    assert loads("m", fresh) == merged
