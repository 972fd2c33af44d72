"""Manifests that programs may not put, and those that they may not remove."""

import os
import plistlib
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.fakes.munki.manifestutil import CurlError, ManifestUtil
from tests.server.api.conftest import MAC, NEW, ManifestApi
from tests.support.fixtures.doors import Script
from tests.support.tables import for_each


@for_each(
    "body",
    [
        *(b"", b"no plist", b"<plist><array/></plist>", b"\xff\xfe\x00"),
        b'<!DOCTYPE p [<!ENTITY a "b">]><plist><dict><key>&a;</key><true/></dict></plist>',
    ],
)
def test_what_is_no_manifest_changes_nothing(
    api: ManifestApi, util: ManifestUtil, body: bytes
) -> None:
    util.put(MAC, NEW)

    answer = api.put(f"manifests/{MAC}", body)

    assert answer.status_code == 400
    assert "no manifest" in answer.text
    assert util.show(MAC) == NEW


@for_each(
    ("name", "reason", "make"),
    [
        ("folder", "a folder has its name", lambda path: path.mkdir()),
        (
            "large",
            "it is larger than 4 MiB",
            lambda path: path.write_bytes(b"x" * (4 << 20) + b"x"),
        ),
        ("pipe", "it is a pipe or a device", os.mkfifo),
    ],
)
def test_what_lies_in_the_place_of_a_manifest_is_not_blamed_on_what_was_sent(
    api: ManifestApi, repo_folder: Path, name: str, reason: str, make: Callable[[Path], object]
) -> None:
    path = repo_folder / "manifests" / name
    make(path)
    before = path.lstat()

    answer = api.put(f"manifests/{name}", plistlib.dumps(NEW))

    assert answer.status_code == 409
    assert answer.text.startswith(f"The manifest {name} in the Munki repo cannot be read ({reason}")
    assert path.lstat() == before


PLIST = "<plist><dict><key>notes</key><string>{}</string></dict></plist>"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@for_each(
    "body",
    [
        f'<!DOCTYPE p [<!ENTITY l0 "ha">{LAUGHS}]>' + PLIST.format("&l9;"),
        '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PLIST.format("&x;"),
        f"<plist><dict><key>n</key><integer>{'9' * 5000}</integer></dict></plist>",
        "<plist>" + "<dict><key>a</key>" * 5000 + "<true/>" + "</dict>" * 5000 + "</plist>",
    ],
    ids=["a billion laughs", "a file from outside", "a huge number", "a deep nest"],
)
def test_hostile_property_lists_change_nothing(
    api: ManifestApi, util: ManifestUtil, body: str
) -> None:
    util.put(MAC, NEW)

    answer = api.put(f"manifests/{MAC}", body.encode(), timeout=10)

    assert (answer.status_code, "root:" in answer.text) == (400, False)
    assert util.show(MAC) == NEW


def test_a_body_that_no_manifest_could_have_is_refused(api: ManifestApi, repo_folder: Path) -> None:
    for size in (4 * 1024 * 1024 + 1, 50 * 1024 * 1024):
        with suppress(requests.ConnectionError):  # the server need not read it all
            assert api.put(f"manifests/{MAC}", b"x" * size).status_code == 413
    assert not (repo_folder / "manifests" / MAC).exists()


ODD_NAMES = (
    *("..%2fcatalogs%2fall", "%2e%2e/%2e%2e/etc/passwd", ".hidden", "a/.hidden", "a%00b"),
    *("a/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "a%5cb", "x" * 300, "a%0ab", "labs/%20"),
)


def test_no_name_leads_out_of_the_manifests(api: ManifestApi, url: str, repo_folder: Path) -> None:
    before = sorted(path for path in repo_folder.parent.rglob("*") if ".rollcall" not in str(path))
    for name, method in product(ODD_NAMES, ("GET", "PUT", "DELETE")):
        request = requests.Request(method, "manifests/x", data=plistlib.dumps(NEW))
        prepared = api.prepare_request(request)
        prepared.url = f"{url}/manifests/{name}"  # as it is: requests would tidy it
        assert api.send(prepared).status_code in (400, 404), (method, name)

    after = sorted(path for path in repo_folder.parent.rglob("*") if ".rollcall" not in str(path))
    assert after == before


@for_each(
    ("name", "reason"),
    [
        *((f"lab{sign}1", f"no {sign} in the name") for sign in ':*?"<>|'),
        ("lab.", "no dot and no blank at the end"),
        ("groups./lab", "no dot and no blank at the end"),
        *((name, "is the name of a device") for name in ("con", "NUL.plist", "groups/COM1")),
        ("a/git~1/x", "git~1 is a short name of .git on Windows"),
        ("lab.yaml", "files with YAML are left alone"),
    ],
)
def test_a_name_that_breaks_other_systems_checkouts_is_refused_for_a_new_manifest(
    api: ManifestApi, repo_folder: Path, name: str, reason: str
) -> None:
    answer = api.put(f"manifests/{quote(name)}", data=plistlib.dumps({}))

    assert answer.status_code == 400
    assert reason in answer.text
    assert not (repo_folder / "manifests" / name).exists()


def test_an_existing_one_of_such_a_name_is_read_changed_and_removed(
    api: ManifestApi, repo_folder: Path
) -> None:
    path = repo_folder / "manifests/lab: 1."
    path.write_bytes(plistlib.dumps({}))
    address = f"manifests/{quote(path.name)}"

    assert api.get(address).status_code == 200
    assert api.put(address, data=plistlib.dumps({"catalogs": ["x"]})).status_code == 200
    assert plistlib.loads(path.read_bytes()) == {"catalogs": ["x"]}
    assert api.delete(address).status_code == 204


@for_each("body", [plistlib.dumps({}), b"catalogs: [testing]\n"])
def test_a_yaml_manifest_is_not_overwritten(
    api: ManifestApi, repo_folder: Path, body: bytes
) -> None:
    path = repo_folder / "manifests/lab.yml"
    path.write_bytes(b"catalogs: []\n")

    answer = api.put("manifests/lab.yml", data=body)

    assert answer.status_code == 400
    assert "files with YAML are left alone" in answer.text
    assert path.read_bytes() == b"catalogs: []\n"


def test_a_manifest_behind_a_bad_link_is_refused_with_the_fix(
    api: ManifestApi, repo_folder: Path
) -> None:
    (repo_folder / "manifests/lab").symlink_to("nowhere")

    answer = api.put("manifests/lab", data=plistlib.dumps({}))

    assert answer.status_code == 409
    assert "mend the link, or remove it" in answer.text


def test_nothing_is_included_that_does_not_exist(api: ManifestApi, repo_folder: Path) -> None:
    body = plistlib.dumps(NEW | {"included_manifests": ["included_manifests/sites/rome"]})

    answer = api.put(f"manifests/{MAC}", body)

    assert answer.status_code == 409
    assert "included_manifests/sites/rome" in answer.text
    assert not (repo_folder / "manifests" / MAC).exists()


def test_nothing_is_included_in_a_condition_that_does_not_exist(
    api: ManifestApi, util: ManifestUtil
) -> None:
    inner = {"condition": "TRUEPREDICATE", "included_manifests": ["gone"]}
    outer = {"condition": "TRUEPREDICATE", "conditional_items": [inner]}
    body = plistlib.dumps(NEW | {"conditional_items": [outer]})

    answer = api.put(f"manifests/{MAC}", body)

    assert (answer.status_code, "would include 'gone'" in answer.text) == (409, True)
    util.put(MAC, NEW | {"included_manifests": ["", "site_default"]})


def test_what_was_broken_before_can_be_mended_step_by_step(
    util: ManifestUtil, repo_folder: Path
) -> None:
    broken = NEW | {"included_manifests": ["gone", "gone too"]}
    (repo_folder / "manifests" / MAC).write_bytes(plistlib.dumps(broken))

    util.put(MAC, NEW | {"included_manifests": ["gone"]})

    assert util.show(MAC)["included_manifests"] == ["gone"]


def test_what_others_include_is_not_removed(util: ManifestUtil, script: Script) -> None:
    script.manifest(serial=MAC, site="london", build="design")

    for name in ("site_default", "included_manifests/sites/london"):
        with pytest.raises(CurlError, match="409"):
            util.delete(name)
    util.delete("included_manifests/sites/paris")


def test_what_every_mac_is_to_include_is_not_removed_though_none_does_yet(
    api: ManifestApi, repo_folder: Path
) -> None:
    place = "manifests/site_default"
    etag = api.get(place).headers["ETag"]

    for headers in ({}, {"If-Match": etag}):
        answer = api.delete(place, headers=headers)
        assert answer.status_code == 409
        assert "Take it out of `always` in [munki] first." in answer.text

    assert (repo_folder / "manifests/site_default").exists()


def test_none_includes_itself(api: ManifestApi, repo_folder: Path) -> None:
    place, file = "manifests/site_default", repo_folder / "manifests/site_default"
    before = file.read_bytes()
    apps = plistlib.dumps({"included_manifests": ["site_default"]})
    assert api.put("manifests/apps", data=apps).status_code == 201

    for include in ("site_default", "apps"):
        answer = api.put(place, data=plistlib.dumps({"included_manifests": [include]}))
        assert answer.status_code == 409
        assert "leads back to it" in answer.text
    assert file.read_bytes() == before
