"""Included manifests, followed as Munki follows them."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import IncludesItself, ManifestUnreadable, MissingInclude
from provisioning.munki.manifests.documents import INCLUDED
from provisioning.munki.manifests.includes import CATALOGS, MAX_AGE, SharedManifests, named
from provisioning.munki.manifests.reading import who_includes
from tests.support.fixtures.repo import LONDON, MAC, Assign
from tests.support.tables import for_each

Write = Any


def condition(*includes: str, **keys: Any) -> dict[str, Any]:
    return {"condition": "TRUEPREDICATE", "included_manifests": [*includes], **keys}


def nested(depth: int, *includes: str) -> dict[str, Any]:
    """A condition within conditions."""
    item = condition(*includes)
    for _ in range(depth):
        item = condition(conditional_items=[item])
    return item


def test_conditions_are_read_at_every_depth_and_in_their_order() -> None:
    manifest = {
        "included_manifests": ["a"],
        "conditional_items": [
            condition("b", conditional_items=[condition("c", catalogs=["testing"])]),
            condition("d"),
        ],
    }

    assert list(named(manifest, INCLUDED)) == ["a", "b", "c", "d"]
    assert list(named(manifest, CATALOGS)) == ["testing"]


@for_each(
    "items", [["text"], [{"included_manifests": ["gone"]}], "text", [condition(condition=1)], [1]]
)
def test_what_munki_passes_over_leads_nowhere(items: Any) -> None:
    assert list(named({"conditional_items": items}, INCLUDED)) == []


def test_an_empty_name_is_passed_over_and_stays(assign: Assign, write: Write) -> None:
    path = write(included_manifests=["", "site_default"], catalogs=["production"])

    assert assign().changed

    assert b"<string></string>" in path.read_bytes()
    assert not assign().changed


@pytest.mark.parametrize("depth", [0, 1, 20])
def test_a_mac_is_not_confirmed_that_would_stop_in_a_condition(
    assign: Assign, repo: MunkiRepo, write: Write, depth: int
) -> None:
    path = write(conditional_items=[condition("site_default"), nested(depth, "gone")])
    before = path.read_bytes()

    for told in (assign, lambda: repo.now().preview(MAC, LONDON)):
        with pytest.raises(MissingInclude, match="'gone'"):
            told()
    assert path.read_bytes() == before


def test_a_mac_whose_manifest_needs_no_change_is_not_confirmed_where_an_include_is_missing(
    assign: Assign, repo: MunkiRepo, manifests: Path, write: Write
) -> None:
    apps = manifests / "apps"
    apps.write_bytes((manifests / "site_default").read_bytes())
    write(conditional_items=[condition("apps")])
    assign()
    assert repo.now().is_current(MAC, LONDON)
    apps.unlink()

    with pytest.raises(MissingInclude, match="'apps'"):
        repo.now().is_current(MAC, LONDON)


@pytest.mark.parametrize("shared", ["site_default", "included_manifests/sites/london"])
@pytest.mark.parametrize("depth", [0, 3])
def test_a_mac_is_not_confirmed_whose_shared_manifests_lead_to_one_that_is_not_there(
    assign: Assign, repo: MunkiRepo, manifests: Path, shared: str, depth: int
) -> None:
    """A manifest that they include, and that has a condition, which may lead back."""
    (manifests / shared).write_bytes(plistlib.dumps({"included_manifests": ["apps"]}))
    (manifests / "apps").write_bytes(
        plistlib.dumps({"conditional_items": [nested(depth, "", "site_default", "gone")]})
    )

    for told in (assign, lambda: repo.now().preview(MAC, LONDON)):
        with pytest.raises(MissingInclude, match="The manifest apps would include 'gone'"):
            told()
    assert not (manifests / MAC.text).exists()

    (manifests / "gone").write_bytes(plistlib.dumps({}))
    assert assign().changed


@for_each(
    ("site_default", "apps", "told"),
    [
        (["apps"], ["site_default"], "The manifest apps would include 'site_default'"),
        (["apps"], ["apps"], "The manifest apps would include 'apps'"),
        (["apps"], [MAC.text], "The manifest apps would include 'C02ABC123DEF'"),
        ([], [], "The manifest C02ABC123DEF would include 'C02ABC123DEF'"),
    ],
)
def test_a_mac_is_not_confirmed_whose_manifests_lead_back(
    assign: Assign,
    repo: MunkiRepo,
    manifests: Path,
    write: Write,
    site_default: list[str],
    apps: list[str],
    told: str,
) -> None:
    """Munki follows them without an end."""
    for name, includes in {"site_default": site_default, "apps": apps}.items():
        (manifests / name).write_bytes(plistlib.dumps({"included_manifests": includes}))
    path = write(included_manifests=[] if site_default else [MAC.text])
    before = path.read_bytes()

    for attempt in (assign, lambda: repo.now().preview(MAC, LONDON)):
        with pytest.raises(IncludesItself, match=told):
            attempt()
    assert path.read_bytes() == before


def test_a_shared_manifest_that_cannot_be_read_is_the_doctors(
    assign: Assign, manifests: Path
) -> None:
    (manifests / "included_manifests/sites/london").write_bytes(b"")

    assert assign().changed
    written = plistlib.loads((manifests / MAC.text).read_bytes())
    assert "included_manifests/sites/london" in written["included_manifests"]


def test_of_a_key_that_a_shared_manifest_has_twice_the_last_counts_as_on_a_mac(
    assign: Assign, repo: MunkiRepo, manifests: Path
) -> None:
    includes = "<key>included_manifests</key><array><string>{}</string></array>"
    twice = includes.format("site_default") + includes.format("gone")
    (manifests / "included_manifests/sites/london").write_text(
        f"<plist><dict>{twice}</dict></plist>"
    )

    with pytest.raises(MissingInclude, match="gone"):
        assign()
    assert [*who_includes(repo.store, "gone")] == ["included_manifests/sites/london"]


def test_shared_manifests_are_looked_at_again_after_seconds(
    repo: MunkiRepo, manifests: Path
) -> None:
    now = 0.0
    shared = SharedManifests(repo.store, clock=lambda: now)
    includes = {"included_manifests": ["site_default"]}
    shared.verify("any", includes)
    (manifests / "site_default").write_bytes(plistlib.dumps({"included_manifests": ["gone"]}))

    shared.verify("any", includes)
    now = MAX_AGE
    with pytest.raises(MissingInclude):
        shared.verify("any", includes)


@for_each("name", [" ", "\t", "site_default ", "Site_Default"])
def test_blanks_and_case_make_another_name(assign: Assign, write: Write, name: str) -> None:
    write(included_manifests=[name])

    with pytest.raises(MissingInclude):
        assign()


@for_each("includes", ["gone", ["gone", 1], {"gone": True}, 1])
def test_what_is_no_list_of_names_is_told_in_a_condition_too(
    assign: Assign, write: Write, includes: Any
) -> None:
    write(conditional_items=[{"condition": "TRUEPREDICATE", "included_manifests": includes}])

    with pytest.raises(ManifestUnreadable, match="included_manifests is not an array of strings"):
        assign()
