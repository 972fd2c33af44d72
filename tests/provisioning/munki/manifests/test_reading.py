"""Reading of manifests: the accepted encodings, and files that are refused."""

import plistlib
import struct
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.munki.errors import ManifestUnreadable, RepeatedKey
from provisioning.munki.manifests.documents import dumps, loads, read
from tests.support.inputs import strategies
from tests.support.tables import for_each

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS = b"".join(
    b'<!ENTITY laugh%d "%s">' % (i, b"&laugh%d;" % (i - 1) * 10) for i in range(1, 10)
)
EMPTY = dumps("m", {})


def xml(inside: bytes) -> bytes:
    return HEAD + b'<plist version="1.0"><dict><key>k</key>' + inside + b"</dict></plist>"


def binary(content: Any) -> bytes:
    return plistlib.dumps(content, fmt=plistlib.FMT_BINARY)


def binary_that_claims(objects: int, offset: int = 8, width: int = 1) -> bytes:
    """A binary property list whose trailer promises what is not there."""
    return b"bplist00\xd0\x08" + struct.pack(">6xBBQQQ", width, 1, objects, 0, offset)


HOSTILE = {
    "nothing at all": b"",
    "blanks": b" \n" * 100,
    "a million blanks": b" " * 10**6,
    "many comments": b"<!---->" * 100_000 + b"<!--",
    "a comment without an end": b"<!-- " + EMPTY.replace(b"-->", b""),
    "text": b"catalogs = production",
    "zeros": b"\0" * 1000,
    "JSON": b'{"catalogs": ["production"]}',
    "YAML": b"catalogs:\n  - production\n",
    "HTML": b"<!DOCTYPE html><html><body>502</body></html>",
    "half a file": EMPTY[: len(EMPTY) // 2],
    "two roots": EMPTY + EMPTY,
    "a plist of nothing": HEAD + b'<plist version="1.0"></plist>',
    "a key without its value": xml(b""),
    "a value without its key": xml(b"<true/><true/>"),
    "an unknown element": xml(b"<money>1</money>"),
    "no number": xml(b"<integer>many</integer>"),
    "no date": xml(b"<date>tomorrow</date>"),
    "a number of 5,000 digits": xml(b"<integer>" + b"9" * 5000 + b"</integer>"),
    "an entity": HEAD + b'<!DOCTYPE plist [<!ENTITY e "x">]><plist><string>&e;</string></plist>',
    "a character whose name the parser would leave out": EMPTY.replace(
        b"<dict/>", b"<dict><key>k</key><string>R&nbsp;D</string></dict>"
    ),
    "50,000 keys, one of them twice": xml(
        b"<dict>"
        + b"".join(b"<key>%d</key><true/>" % (n % 49_999) for n in range(50_000))
        + b"</dict>"
    ),
    "arrays in arrays": xml(b"<array>" * 100_000 + b"</array>" * 100_000),
    "many comments and texts without an end": EMPTY + b"&x<!--<![CDATA[" * 100_000,
    "somebody else's file": (
        HEAD
        + b'<!DOCTYPE plist [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + b"<plist><dict><key>k</key><string>&e;</string></dict></plist>"
    ),
    "a billion laughs": (
        HEAD
        + b'<!DOCTYPE plist [<!ENTITY laugh0 "ha">'
        + LAUGHS
        + b"]><plist><dict><key>k</key><string>&laugh9;</string></dict></plist>"
    ),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><plist><dict/></plist>',
    "a lone surrogate": xml(b"<string>\xed\xa0\x80</string>"),
    "an array": plistlib.dumps([{"catalogs": ["production"]}]),
    "a string": plistlib.dumps("production"),
    "a binary array": binary(["production"]),
    "a binary number": binary(7),
    "a binary head alone": b"bplist00",
    "a binary that claims a million objects": binary_that_claims(10**6),
    "a binary that claims more than there are atoms": binary_that_claims(2**63),
    "a binary whose table is far away": binary_that_claims(1, offset=2**62),
    "a binary with numbers of 255 bytes": binary_that_claims(1, width=255),
    "a binary nested too deeply": (
        b"bplist00"
        + b"".join(b"\xa1" + struct.pack(">H", i + 1) for i in range(5000))
        + b"\x09"
        + b"".join(struct.pack(">H", 8 + 3 * i) for i in range(5001))
        + struct.pack(">6xBBQQQ", 2, 2, 5001, 0, 8 + 15001)
    ),
}


@for_each("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_is_no_manifest_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(ManifestUnreadable, match=r"^The manifest C02ABC .* left untouched\.$"):
        loads("C02ABC", content)


@for_each(
    ("content", "said"),
    [
        (b"\n", "it is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "Git LFS"),
        (b"<plist><dict>\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n</dict></plist>", "a conflict"),
        (xml(b"\n<string>R&D</string>\n"), "line 3 cannot be read"),
        (xml(b"\n<string>R&nbsp;D</string>\n"), "line 3 cannot be read"),
        (b"\n<!-- ours\n-->\n" + xml(b"\n<string>Z\xfcrich</string>\n"), "line 6 cannot be read"),
        ("<?xml version='1.0' encoding='UTF-16'?>\n<plist>\n<&".encode("utf-16"), "line 3 cannot"),
        (EMPTY[: -len(b"</plist>\n")], r"line \d cannot be read"),
        (xml(b"\n<string>pasted\x0b from elsewhere</string>\n"), "line 3 has a control character"),
    ],
)
def test_a_file_that_is_no_property_list_is_refused_with_the_reason_or_the_line(
    content: bytes, said: str
) -> None:
    with pytest.raises(ManifestUnreadable, match=said):
        loads("C02ABC", content)


@for_each(
    ("inside", "said"),
    [
        (b"<array><strng>Firefox</strng><string>Chrome</string></array>", "it has <strng> where"),
        (b"<array><String>Firefox</String></array>", "it has <String> where"),
        (b"<string>first line<br/>second line</string>", "it has <br> where"),
        (b"<array><true><string>a</string></true></array>", "it has <string> where"),
        (b"<array>Firefox <string>Chrome</string></array>", "it has the text 'Firefox' outside"),
        (b"<array><string>Chrome</string>\nFirefox</array>", "it has the text 'Firefox' outside"),
        (b"<array/><key>j</key><true/><key>k</key><array/>", "it has the key 'k' twice"),
        (
            b"<array/><key>k</key><array/><key>m</key><array><strng/></array>",
            "it has <strng> where",
        ),
        (b"<dict><key/><true/><key></key><true/></dict>", "it has the key '' twice"),
        (b"<true/></dict><dict>", "it has <dict> where"),
    ],
)
def test_a_content_that_would_be_lost_by_writing_it_back_is_reported(
    inside: bytes, said: str
) -> None:
    """Python's parser passes over all of this without a word."""
    with pytest.raises(ManifestUnreadable, match=said):
        loads("C02ABC", xml(inside))


def test_of_a_repeated_key_munki_reads_the_last_value() -> None:
    """Apple's parser sets the value of a key again, where it meets the key again."""
    content = xml(b"<string>first</string><key>k</key><string>last</string>")
    assert read("C02ABC", content) == {"k": "last"}
    with pytest.raises(RepeatedKey):
        loads("C02ABC", content)
    with pytest.raises(ManifestUnreadable, match="it has <strng> where"):  # Munki reads nothing
        read("C02ABC", xml(b"<array><strng/></array><key>k</key><true/>"))


def test_a_page_of_a_web_server_is_no_manifest_whatever_is_in_it() -> None:
    with pytest.raises(ManifestUnreadable, match="it has <html> where none belongs"):
        loads("C02ABC", b"<html><body><dict/></body></html>")


@for_each(
    "whole",
    [
        b'<plist xmlns="http://example.com/plist"><dict/></plist>',
        b'<!DOCTYPE plist SYSTEM "file://localhost/PropertyList.dtd"><plist><dict/></plist>',
        b'<plist version="0.9"><!-- a --><dict><!-- b --></dict></plist><!-- c -->',
        b'<?xml version="1.0" standalone="yes"?><?xml-stylesheet href="a"?><plist><dict/></plist>',
    ],
)
def test_texts_that_both_parsers_skip_lose_nothing(whole: bytes) -> None:
    assert loads("C02ABC", whole) == {}


@for_each("content", [b'{"catalogs": ["production"]}', b"\n{ catalogs = (production); }"])
def test_json_and_lists_of_the_old_form_are_refused_with_what_makes_xml_of_them(
    content: bytes,
) -> None:
    with pytest.raises(ManifestUnreadable, match="plutil -convert xml1"):
        loads("C02ABC", content)


@for_each("key", ["catalogs", "included_manifests"])
@for_each(
    "value", ["production", {"production": True}, 1, True, [1], ["production", 1], [["production"]]]
)
def test_a_key_for_an_array_of_strings_refuses_other_values(key: str, value: Any) -> None:
    for content in (plistlib.dumps({key: value}), binary({key: value})):
        with pytest.raises(ManifestUnreadable, match=f"its {key} is not an array of strings"):
            loads("C02ABC", content)


@for_each("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "macintosh"])
def test_a_manifest_is_read_in_any_encoding_of_xml(encoding: str) -> None:
    text = dumps("m", {"display_name": "Zoë's Mac"}).decode().replace("UTF-8", encoding)

    assert loads("m", text.encode(encoding)) == {"display_name": "Zoë's Mac"}


@for_each(
    "before",
    [
        *(b" ", b"\n", b"\r\n\t ", b"<!-- by hand -->", b"\n<!-- a\nb -->\n<!-- c -->\n"),
        *(b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"),
    ],
)
def test_what_apples_parser_passes_over_before_the_head_is_passed_over(before: bytes) -> None:
    for content in (EMPTY, EMPTY.partition(b"\n")[2], b"<plist><dict/></plist>"):
        assert loads("m", before + content) == {}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_the_mark_of_a_wide_encoding_counts_for_more_than_what_the_head_says(encoding: str) -> None:
    text = dumps("m", {"notes": "Zürich"}).decode()

    assert 'encoding="UTF-8"' in text
    assert loads("m", text.encode(encoding)) == {"notes": "Zürich"}


def test_a_text_that_mentions_entities_where_they_mean_nothing_is_read() -> None:
    text = xml(b"<string><![CDATA[&nbsp;]]>&amp;nbsp;</string><!-- &nbsp; R&D -->")

    assert loads("m", text) == {"k": "&nbsp;&nbsp;"}


def test_a_dictionary_alone_is_read_as_apple_reads_it() -> None:
    """Whole repos from before 2012 have no head and no `plist` around it."""
    alone = (
        b"<dict>\n\t<key>catalogs</key>\n\t<array>\n\t<string>testing</string></array>\n</dict>\n"
    )

    assert loads("m", alone) == {"catalogs": ["testing"]}


def test_a_binary_manifest_is_read_too() -> None:
    manifest = {
        "catalogs": ["testing"],
        "notes": "☃",
        "_metadata": {"at": datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)},
    }

    assert loads("m", binary(manifest)) == manifest


@given(strategies.manifests, st.data())
def test_a_damaged_manifest_is_read_or_refused_and_nothing_else(
    manifest: dict[str, Any], data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from([dumps("m", manifest), binary(manifest)])))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ManifestUnreadable):
        assert isinstance(loads("m", bytes(content)), dict)


@given(st.binary() | st.binary().map(b"bplist00".__add__) | st.binary().map(HEAD.__add__))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes) -> None:
    with suppress(ManifestUnreadable):
        assert isinstance(loads("m", content), dict)
