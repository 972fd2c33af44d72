"""300 manifests of other people, in every form that a property list has: all of theirs is kept."""

import plistlib
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests.documents import INCLUDED
from provisioning.munki.manifests.includes import CATALOGS
from provisioning.munki.storage import FolderStore
from provisioning.values.serials import Serial
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.soaking import first, rows_in_soak

Value: TypeAlias = Any
EACH = 50  # manifests of a layout, of which there are six
LAYOUTS = (
    "Rollcall's own", "prefixes", "by building and type", "departments alone",
    "the Macs in a folder", "a list of files with an extension",
)  # fmt: skip
TEXTS = ("", " ", "Zoë", "東京", "🍎", "<&>'\"", "a\tb", "os_vers_major >= 15\n  AND x == 'y'", "0")
THEIRS = ("extras", "extras", "a/b/c/printer", "", "Site_Default", "extras2")
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


def xml(manifest: dict[str, Value]) -> bytes:
    return plistlib.dumps(manifest, sort_keys=False)


def body(manifest: dict[str, Value]) -> bytes:
    """A property list from its first element on."""
    return b"<plist" + xml(manifest).partition(b"<plist")[2]


FORMS: tuple[Callable[[dict[str, Value]], bytes], ...] = (
    plistlib.dumps,
    lambda manifest: plistlib.dumps(manifest, fmt=plistlib.FMT_BINARY),
    lambda manifest: b"\xef\xbb\xbf" + xml(manifest),
    lambda manifest: b"\n <!-- by hand -->\n" + xml(manifest),
    lambda manifest: HEAD + b"<!-- no type -->" + body(manifest),
    lambda manifest: body(manifest).replace(b"\n", b"\r\n"),
    lambda manifest: ('<?xml version="1.0" encoding="UTF-16"?>' + body(manifest).decode()).encode(
        "UTF-16"
    ),
    lambda manifest: HEAD + body(manifest).replace(b">Zo\xc3\xab<", b"><![CDATA[Zo\xc3\xab]]><"),
    lambda manifest: HEAD + body(manifest).replace(b"\xc3\xab", b"&#235;"),
)


def value(chance: random.Random, depth: int = 0) -> Value:
    """A value of any type that a property list has."""
    kinds: tuple[Callable[[], Value], ...] = (
        lambda: chance.choice(TEXTS),
        lambda: chance.choice((0, -1, 2**63, -(2**63), 7)),
        lambda: chance.choice((0.5, -1e300, 3.0)),
        lambda: chance.random() < 0.5,
        lambda: datetime.fromtimestamp(chance.randrange(2**31), UTC).replace(tzinfo=None),
        lambda: chance.randbytes(chance.randrange(70)),
        lambda: [value(chance, depth + 1) for _ in range(chance.randrange(4))],
        lambda: {key: value(chance, depth + 1) for key in chance.sample(TEXTS, 2)},
    )
    return chance.choice(kinds if depth < 3 else kinds[:6])()


def manifest_of(chance: random.Random, ours: list[str]) -> dict[str, Value]:
    """A manifest whose includes are some of ours, and some of theirs between them."""
    keys = ("managed_installs", "optional_installs", "notes", "_metadata", "display_name", "Zoë")
    manifest = {key: value(chance) for key in chance.sample(keys, chance.randrange(7))}
    if chance.random() < 0.7:
        manifest[CATALOGS] = chance.choice((["testing"], ["production", "testing"], []))
    if chance.random() < 0.8:
        includes = [each for each in ours if chance.random() < 0.7]
        for theirs in chance.choices(THEIRS, k=chance.randrange(5)):
            includes.insert(chance.randrange(len(includes) + 1), theirs)
        manifest[INCLUDED] = includes
    if chance.random() < 0.3:
        manifest["conditional_items"] = [{"condition": TEXTS[7], "managed_installs": ["Cad"]}]
    items = list(manifest.items())
    chance.shuffle(items)
    return dict(items)


@rows_in_soak("the layout makes no difference to what is kept", "prefixes")
@pytest.mark.parametrize(
    "case", first(2, map(case_of, LAYOUTS), "manifests are merged in one way in all"), ids=LAYOUTS
)
def test_every_key_and_every_value_of_others_is_kept_and_a_second_call_writes_nothing(
    case: RepoCase, tmp_path: Path
) -> None:
    repo, chance = (
        MunkiRepo(FolderStore(case.make(tmp_path)), lambda: case.layout),
        random.Random(7),
    )
    for theirs in filter(None, THEIRS):
        _put(tmp_path / "manifests" / theirs, b"<plist><dict/></plist>")
    places = [Destination(*place, case.layout) for place in case.places]
    for number in range(EACH):
        before, after = chance.sample(places, 2)
        ours = [include.path for include in case.layout.includes(before.site, before.build)]
        wanted = [include.path for include in case.layout.includes(after.site, after.build)]
        serial = Serial(f"C02T{number:02}SYNTH")
        path = tmp_path / "manifests" / case.layout.manifest_of(serial.text)
        manifest = manifest_of(chance, ours)
        _put(path, FORMS[number % len(FORMS)](manifest))
        written = WrittenIncludes(case.layout.includes(before.site, before.build))

        with repo.now().holding(serial):
            repo.now().assign(serial, after, written=written)
        content = path.read_bytes()
        with repo.now().holding(serial):
            again = repo.now().assign(serial, after, written=written)

        found = plistlib.loads(content)
        kept = [entry for entry in manifest.get(INCLUDED, []) if entry not in ours]
        own = (CATALOGS, INCLUDED)
        new = {} if manifest else dict(case.layout.new_manifest)
        assert {key: found[key] for key in found if key not in own} == {
            **{key: each for key, each in manifest.items() if key not in own},
            **new,
        }
        assert [each for each in found[INCLUDED] if each not in wanted] == kept
        assert set(wanted) <= set(found[INCLUDED])
        assert found[CATALOGS] == (manifest.get(CATALOGS) or ["production"])
        assert (again.changed, path.read_bytes()) == (False, content)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
