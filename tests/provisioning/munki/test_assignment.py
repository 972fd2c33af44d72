"""Assignments: a Mac's manifest is written into a Munki repo, or left as it is."""

import plistlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import ManifestUnreadable, MissingInclude
from provisioning.munki.storage import LARGEST
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import LONDON, MAC, PARIS, Assign, seen
from tests.support.tables import for_each

Write = Callable[..., Path]

LEADS_TO_LONDON = [
    "site_default",
    "included_manifests/sites/london",
    "included_manifests/builds/design",
]


def test_a_manifest_is_written_and_read_back(assign: Assign, manifests: Path) -> None:
    written = assign()

    content = plistlib.loads((manifests / MAC.text).read_bytes())
    assert content["included_manifests"] == LEADS_TO_LONDON
    assert content["catalogs"] == ["production"]
    assert written.changed
    assert len(written.digest) == 12


def test_the_file_is_named_exactly_as_the_mac_names_itself(assign: Assign, manifests: Path) -> None:
    assign(mac=Serial("zVMware+1=x"))

    assert (manifests / "zVMware+1=x").is_file()


def test_writing_again_changes_nothing(assign: Assign, manifests: Path) -> None:
    first = assign()
    before = seen(manifests)

    assert assign() == replace(first, changed=False, before=None, after=None)
    assert seen(manifests) == before


def test_nothing_but_the_manifest_is_touched(assign: Assign, manifests: Path) -> None:
    before = seen(manifests)

    assign()

    after = seen(manifests)
    assert after.keys() - before.keys() == {MAC.text}
    assert {name: after[name] for name in before} == before


def test_a_mac_can_be_sent_elsewhere_while_its_manifest_is_held(
    repo: MunkiRepo, manifests: Path
) -> None:
    with repo.now().holding(MAC):
        assert repo.now().assign(MAC, LONDON).changed
        assert repo.now().assign(MAC, PARIS).changed
        assert not repo.now().assign(MAC, PARIS).changed

    content = plistlib.loads((manifests / MAC.text).read_bytes())
    assert content["included_manifests"][1:] == [
        "included_manifests/sites/paris",
        "included_manifests/builds/kiosk",
    ]


def test_what_others_wrote_in_it_stays(assign: Assign, write: Write) -> None:
    path = write(
        catalogs=["testing"],
        display_name="Zoë's Mac",
        included_manifests=["included_manifests/../site_default", "site_default"],
        _metadata={"by": "alice"},
    )

    assign()

    assert plistlib.loads(path.read_bytes()) == {
        "catalogs": ["testing"],
        "display_name": "Zoë's Mac",
        "included_manifests": ["included_manifests/../site_default", *LEADS_TO_LONDON],
        "_metadata": {"by": "alice"},
    }


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664])
def test_a_manifest_keeps_its_mode(assign: Assign, write: Write, mode: int) -> None:
    path = write(catalogs=["testing"])
    path.chmod(mode)

    assign()

    assert path.stat().st_mode & 0o7777 == mode


@for_each(
    "content", [b"", b"not a plist", plistlib.dumps([]), plistlib.dumps({"catalogs": "production"})]
)
def test_an_unreadable_manifest_is_left_as_it_is(
    assign: Assign, write: Write, manifests: Path, content: bytes
) -> None:
    write(content)
    before = seen(manifests)

    with pytest.raises(ManifestUnreadable, match=MAC.text):
        assign()

    assert seen(manifests) == before


def test_a_manifest_that_xml_cannot_hold_is_left_as_it_is(
    assign: Assign, write: Write, manifests: Path
) -> None:
    write(plistlib.dumps({"notes": "\0"}, fmt=plistlib.FMT_BINARY))
    before = seen(manifests)

    with pytest.raises(ManifestUnreadable):
        assign()

    assert seen(manifests) == before


def test_a_manifest_larger_than_4_mib_is_left_as_it_is(
    assign: Assign, write: Write, manifests: Path
) -> None:
    write(notes="x" * LARGEST)
    before = seen(manifests)

    with pytest.raises(ManifestUnreadable, match="larger than 4 MiB"):
        assign()

    assert seen(manifests) == before


def test_a_manifest_that_would_become_larger_than_4_mib_is_left_as_it_is(
    assign: Assign, write: Write, manifests: Path
) -> None:
    write(plistlib.dumps({"notes": ["<" * 1_000] * 1_100}, fmt=plistlib.FMT_BINARY))
    before = seen(manifests)

    with pytest.raises(ManifestUnreadable):
        assign()

    assert seen(manifests) == before


@for_each(
    "include",
    ["apps/gone", "included_manifests", " ", "site_default\0", "../../catalogs/gone", "x" * 300],
)
def test_nothing_is_written_where_munki_would_miss_an_include(
    assign: Assign, write: Write, manifests: Path, include: str
) -> None:
    content = {"included_manifests": [include]}
    write(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))
    before = seen(manifests)

    with pytest.raises(MissingInclude, match="nothing was written"):
        assign()

    assert seen(manifests) == before


@pytest.mark.parametrize("gone", [*LEADS_TO_LONDON])
def test_nothing_is_written_where_the_destination_has_gone(
    assign: Assign, manifests: Path, gone: str
) -> None:
    (manifests / gone).unlink()

    with pytest.raises(MissingInclude) as caught:
        assign()

    assert caught.value.include == gone
    assert not (manifests / MAC.text).exists()


def test_an_include_that_has_gone_is_told_even_where_nothing_has_to_change(
    assign: Assign, manifests: Path
) -> None:
    assign()
    (manifests / LEADS_TO_LONDON[1]).unlink()

    with pytest.raises(MissingInclude):
        assign()


def test_a_folder_in_the_place_of_the_manifest_is_left_as_it_is(
    assign: Assign, manifests: Path
) -> None:
    (manifests / MAC.text).mkdir()

    with pytest.raises(ManifestUnreadable, match="a folder has its name"):
        assign()

    assert (manifests / MAC.text).is_dir()
    assert not list(manifests.glob(".C02*"))
