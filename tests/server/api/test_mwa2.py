"""The API that Munki's own `manifestutil` speaks, through a real curl and a real server."""

import plistlib
from contextlib import suppress
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from provisioning.munki.models import Revision
from tests.fakes.munki.manifestutil import CurlError, ManifestUtil
from tests.server.api.conftest import ManifestApi
from tests.support.fixtures.doors import Script
from tests.support.tables import for_each

MAC = "C02XG0FDJGH5"
NOTES = "first line\nsecond line\n" + "more " * 300  # so that curl strips its line feeds
NEW = {"catalogs": ["production"], "included_manifests": ["site_default"], "managed_installs": []}


def test_it_lists_what_there_is(util: ManifestUtil, repo_folder: Path) -> None:
    (repo_folder / "manifests" / ".DS_Store").touch()

    assert "included_manifests/sites/new york" in util.names()
    assert "site_default" in util.names()
    assert ".DS_Store" not in util.names()
    assert util.names("catalogs") == ["all", "production"]


def test_it_makes_shows_changes_and_removes_a_manifest(
    util: ManifestUtil, repo_folder: Path
) -> None:
    util.put(MAC, NEW)
    assert util.show(MAC) == NEW

    util.add_catalog("testing", MAC)
    assert plistlib.loads((repo_folder / "manifests" / MAC).read_bytes())["catalogs"] == [
        "testing",
        "production",
    ]

    util.delete(MAC)
    assert not (repo_folder / "manifests" / MAC).exists()
    with pytest.raises(CurlError, match="404"):
        util.show(MAC)


def test_a_catalog_that_is_not_there_is_told(api: ManifestApi) -> None:
    answer = api.get("catalogs/gone")

    assert (answer.status_code, answer.text) == (404, "The Munki repo has no catalog gone.\n")


@pytest.mark.parametrize(
    ("name", "by"),
    [("o" * 81, "o" * 80), ("", "somebody with a key"), ("a\x7fb", "somebody with a key")],
)
def test_who_edits_is_who_they_say_in_eighty_characters(
    api: ManifestApi, key: str, database: Database, name: str, by: str
) -> None:
    api.auth = (name, key)

    assert api.put(f"manifests/{MAC}", plistlib.dumps(NEW)).status_code == 201

    with database.reading() as session:
        assert session.scalars(select(Revision.by)).all() == [by]


def test_names_with_spaces_and_folders_are_names(util: ManifestUtil, repo_folder: Path) -> None:
    util.add_catalog("testing", "included_manifests/sites/new york")
    util.put("labs/étage 3/Mac 1", NEW)

    assert (repo_folder / "manifests" / "labs" / "étage 3" / "Mac 1").exists()
    assert "labs/étage 3/Mac 1" in util.names()


def test_what_a_client_strips_of_line_feeds_is_not_lost(
    util: ManifestUtil, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    path.write_bytes(plistlib.dumps({**NEW, "notes": NOTES}))

    util.add_catalog("testing", MAC)

    written = plistlib.loads(path.read_bytes())
    assert written["notes"] == NOTES
    assert written["catalogs"][0] == "testing"
    assert path.read_bytes().count(b"\n") > 10, "it is written as Munki's tools write it"


def test_conditions_keep_their_line_feeds_when_another_key_is_edited(
    util: ManifestUtil, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    inner = {"condition": "a ==\n\t1", "managed_installs": ["Zoom"]}
    outer = {"condition": 'b ==\n"x"', "notes": NOTES, "conditional_items": [inner]}
    path.write_bytes(plistlib.dumps({**NEW, "conditional_items": [outer]}))

    util.add_catalog("testing", MAC)

    written = plistlib.loads(path.read_bytes())
    assert written["conditional_items"] == [outer]
    assert written["catalogs"][0] == "testing"


def test_line_feeds_that_were_taken_out_on_purpose_are_out(
    api: ManifestApi, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    path.write_bytes(plistlib.dumps({**NEW, "notes": "one\ntwo"}))
    joined = {**NEW, "notes": "onetwo"}

    for fmt in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        body = plistlib.dumps(joined, fmt=fmt)
        assert api.put(f"manifests/{MAC}", body).status_code == 200
        assert plistlib.loads(path.read_bytes()) == joined


def test_every_change_is_in_the_history(
    util: ManifestUtil, api: ManifestApi, database: Database, repo_folder: Path
) -> None:
    util.put(MAC, NEW)
    before = (repo_folder / "manifests" / MAC).read_bytes()
    assert api.delete(f"manifests/{MAC}").status_code == 204

    with database.reading() as session:
        made, removed = session.scalars(select(Revision).order_by(Revision.id))
    assert (made.before, made.after, made.via) == (None, before, "MWA2 API")
    assert (removed.before, removed.after, removed.by) == (before, None, "olivia")


def test_who_looked_at_another_version_changes_nothing(
    util: ManifestUtil, api: ManifestApi, repo_folder: Path
) -> None:
    util.put(MAC, NEW)
    seen = api.get(f"manifests/{MAC}")
    util.add_catalog("testing", MAC)
    changed = (repo_folder / "manifests" / MAC).read_bytes()

    for method in ("PUT", "DELETE"):
        answer = api.request(
            method,
            f"manifests/{MAC}",
            data=seen.content,
            headers={"If-Match": seen.headers["ETag"]},
        )
        assert answer.status_code == 412
    assert (repo_folder / "manifests" / MAC).read_bytes() == changed

    fresh = api.get(f"manifests/{MAC}").headers["ETag"]
    answer = api.put(f"manifests/{MAC}", seen.content, headers={"If-Match": fresh})
    assert (answer.status_code, answer.headers["ETag"]) == (200, seen.headers["ETag"])


def test_one_that_must_not_be_there_yet_is_not_overwritten(api: ManifestApi) -> None:
    body, new = plistlib.dumps(NEW), {"If-None-Match": "*"}

    assert api.put(f"manifests/{MAC}", body, headers=new).status_code == 201
    assert api.put(f"manifests/{MAC}", body, headers=new).status_code == 412


def test_a_client_that_has_it_is_told_so(api: ManifestApi) -> None:
    api.put(f"manifests/{MAC}", plistlib.dumps(NEW))
    seen = api.get(f"manifests/{MAC}").headers["ETag"]

    answer = api.get(f"manifests/{MAC}", headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "no-cache"  # or it would not ask


@for_each(
    "body",
    [
        *(b"", b"no plist", b"<plist><array/></plist>", b"\xff\xfe\x00"),
        b'<!DOCTYPE p [<!ENTITY a "b">]><plist><dict><key>&a;</key><true/></dict></plist>',
    ],
)
def test_what_is_no_manifest_changes_nothing(
    api: ManifestApi, util: ManifestUtil, body: bytes, database: Database
) -> None:
    util.put(MAC, NEW)

    answer = api.put(f"manifests/{MAC}", body)

    assert answer.status_code == 400
    assert "no manifest" in answer.text
    assert util.show(MAC) == NEW


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


def test_a_yaml_manifest_is_not_overwritten_by_a_property_list(
    api: ManifestApi, repo_folder: Path
) -> None:
    path = repo_folder / "manifests/lab.yml"
    path.write_bytes(b"catalogs: []\n")

    answer = api.put("manifests/lab.yml", data=plistlib.dumps({}))

    assert answer.status_code == 400
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

    assert api.put(f"manifests/{MAC}", body).status_code == 409
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


def test_only_a_key_for_manifests_opens_it(url: str, script: Script, database: Database) -> None:
    """A key for scripts lies about in Imagr's workflows; it makes manifests, and edits none."""
    with database.begin() as session:
        other = credentials.make(session, None, SCRIPTS, datetime.now(UTC))
    for headers in (
        {},
        script.basic,
        {"Authorization": f"Bearer {other}"},
        {"Authorization": "Bearer rollcall_" + "0" * 48},
    ):
        for path in ("manifests", "catalogs", f"manifests/{MAC}"):
            assert requests.get(f"{url}/{path}", headers=headers, timeout=5).status_code == 401
    assert requests.put(f"{url}/manifests/{MAC}", plistlib.dumps(NEW), timeout=5).status_code == 401


def test_a_macs_own_call_keeps_what_was_edited(util: ManifestUtil, script: Script) -> None:
    util.put(MAC, NEW | {"managed_installs": ["Figma"], "notes": "hers"})
    script.manifest(serial=MAC, site="london", build="design")

    shown = util.show(MAC)
    assert (shown["managed_installs"], shown["notes"]) == (["Figma"], "hers")
    assert "included_manifests/builds/design" in shown["included_manifests"]


def test_json_is_had_by_asking(api: ManifestApi) -> None:
    answer = api.get("catalogs", headers={"Accept": "application/json"})

    assert answer.json() == [{"filename": "all"}, {"filename": "production"}]
