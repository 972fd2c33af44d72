"""The API that Munki's own `manifestutil` speaks, through a real curl and a real server."""

import plistlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from provisioning.munki.models import Revision
from tests.fakes.munki.manifestutil import CurlError, ManifestUtil
from tests.server.api.conftest import MAC, NEW, ManifestApi
from tests.support.fixtures.doors import Script

NOTES = "first line\nsecond line\n" + "more " * 300  # so that curl strips its line feeds


def test_manifestutil_lists_what_there_is(util: ManifestUtil, repo_folder: Path) -> None:
    (repo_folder / "manifests" / ".DS_Store").touch()

    assert "included_manifests/sites/new york" in util.names()
    assert "site_default" in util.names()
    assert ".DS_Store" not in util.names()
    assert util.names("catalogs") == ["all", "production"]


def test_manifestutil_makes_shows_changes_and_removes_a_manifest(
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
def test_the_editor_in_the_history_is_the_sent_user_name_of_at_most_eighty_characters(
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


def test_a_change_with_the_entity_tag_of_another_version_is_refused(
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


def test_a_proxy_that_compresses_changes_the_tag_and_not_the_version(
    util: ManifestUtil, api: ManifestApi
) -> None:
    util.put(MAC, NEW)
    seen = api.get(f"manifests/{MAC}")
    etag = seen.headers["ETag"]

    for sent in (f"W/{etag}", f'{etag[:-1]}-gzip"', f'{etag[:-1]}-br"', f'"another", {etag}'):
        answer = api.put(f"manifests/{MAC}", seen.content, headers={"If-Match": sent})
        assert answer.status_code == 200
    for sent in ('W/"another"', '"another-gzip"', '"-gzip"'):
        answer = api.put(f"manifests/{MAC}", seen.content, headers={"If-Match": sent})
        assert answer.status_code == 412


def test_with_if_match_star_a_manifest_is_changed_and_none_is_made(
    api: ManifestApi, repo_folder: Path
) -> None:
    body, there = plistlib.dumps(NEW), {"If-Match": "*"}

    assert api.put(f"manifests/{MAC}", body, headers=there).status_code == 412
    assert not (repo_folder / "manifests" / MAC).exists()
    api.put(f"manifests/{MAC}", body)
    assert api.put(f"manifests/{MAC}", body, headers=there).status_code == 200


def test_with_if_none_match_star_no_manifest_is_overwritten(
    api: ManifestApi, repo_folder: Path
) -> None:
    body, new = plistlib.dumps(NEW), {"If-None-Match": "*"}

    assert api.put(f"manifests/{MAC}", body, headers=new).status_code == 201
    assert api.put(f"manifests/{MAC}", plistlib.dumps({}), headers=new).status_code == 412
    assert plistlib.loads((repo_folder / "manifests" / MAC).read_bytes()) == NEW


def test_a_client_with_the_present_version_is_answered_304(api: ManifestApi) -> None:
    api.put(f"manifests/{MAC}", plistlib.dumps(NEW))
    seen = api.get(f"manifests/{MAC}").headers["ETag"]

    answer = api.get(f"manifests/{MAC}", headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "no-cache"  # or it would not ask


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


def test_json_is_answered_where_the_client_accepts_it(api: ManifestApi) -> None:
    answer = api.get("catalogs", headers={"Accept": "application/json"})

    assert answer.json() == [{"filename": "all"}, {"filename": "production"}]
