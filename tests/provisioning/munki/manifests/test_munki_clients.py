"""Manifests of Rollcall, as a Munki client on the Mac reads them."""

import os
import plistlib
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.munki.layout import Destination
from provisioning.munki.manifests.documents import dumps
from tests.fakes.munki.client import CheckAborted, MunkiClient
from tests.fakes.munki.mirrors import Web, web
from tests.support.fixtures.doors import Script
from tests.support.inputs.manifests import merge
from tests.support.inputs.samples import BUILDS, SITES, sample_repo

MAC = "C02XG0FDJGH5"


@pytest.fixture
def shown(repo_folder: Path) -> Iterator[Web]:
    """The repo, as its web server shows it."""
    with web(repo_folder) as server:
        yield server


def write(repo_folder: Path, name: str, **keys: Any) -> None:
    """Write a manifest as an admin does."""
    (repo_folder / "manifests" / name).write_bytes(plistlib.dumps(keys))


@pytest.mark.parametrize(("site", "build"), [*zip(cycle(SITES), BUILDS, strict=False)])
def test_a_mac_gets_what_its_site_and_its_build_say(
    script: Script, shown: Web, site: str, build: str
) -> None:
    script.manifest(serial=MAC, site=site, build=build)

    seen = MunkiClient(shown.url, MAC).check()

    assert seen.primary == MAC
    assert seen.named("managed_installs") == ["Zoom", "Slack", "Firefox"]
    assert {catalogs for _, catalogs in seen.items["managed_installs"]} == {("production",)}


def test_before_it_has_one_a_mac_runs_the_default_and_nobody_is_told(shown: Web) -> None:
    """For this reason a Mac waits until its manifest is there."""
    assert MunkiClient(shown.url, MAC).check().primary == "site_default"


def test_a_host_name_that_has_a_manifest_comes_first(
    script: Script, shown: Web, repo_folder: Path
) -> None:
    write(repo_folder, "mac", catalogs=["production"], managed_installs=["Figma"])
    script.manifest(serial=MAC, site="london", build="design")

    assert MunkiClient(shown.url, MAC).check().primary == "mac"


def test_a_virtual_macs_name_is_matched_to_the_letter(script: Script, shown: Web) -> None:
    serial = "VMware-56+4d.A_b="
    script.manifest(serial=serial, site="london", build="design")

    assert MunkiClient(shown.url, serial).check().primary == serial
    assert MunkiClient(shown.url, serial.upper()).check().primary == "site_default"


def test_catalogs_of_an_admin_hold_for_what_is_included(
    script: Script, shown: Web, repo_folder: Path
) -> None:
    write(repo_folder, MAC, catalogs=["all"], optional_installs=["Figma"])
    script.manifest(serial=MAC, site="london", build="design")

    seen = MunkiClient(shown.url, MAC).check()

    assert seen.items["optional_installs"] == [("Figma", ("all",))]
    assert {catalogs for _, catalogs in seen.items["managed_installs"]} == {("all",)}


def test_a_moved_mac_is_seen_to_be_moved(script: Script, shown: Web, repo_folder: Path) -> None:
    included = "included_manifests/sites/paris"
    write(repo_folder, included, managed_installs=["Figma"])
    client = MunkiClient(shown.url, MAC)
    script.manifest(serial=MAC, site="london", build="design")
    an_hour_ago = time.time() - 3600  # web servers tell versions apart by the second
    os.utime(repo_folder / "manifests" / MAC, (an_hour_ago, an_hour_ago))
    assert "Figma" not in client.check().named("managed_installs")

    script.manifest(serial=MAC, site="paris", build="design")

    assert "Figma" in client.check().named("managed_installs")


def test_an_include_that_is_gone_would_stop_the_mac(
    script: Script, shown: Web, repo_folder: Path
) -> None:
    (repo_folder / "manifests/included_manifests/builds/design").unlink()

    assert script.manifest(serial=MAC, site="london", build="design").status_code == 404
    assert MunkiClient(shown.url, MAC).check().primary == "site_default"
    write(repo_folder, MAC, catalogs=["production"], included_manifests=["gone"])
    with pytest.raises(CheckAborted):
        MunkiClient(shown.url, MAC).check()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Web]]:
    """A sample repo and its web server, for many manifests one after another."""
    root = sample_repo(tmp_path_factory.mktemp("repo") / "munki_repo")
    with web(root) as server:
        yield root, server


manifests = st.fixed_dictionaries(
    {},
    optional={
        "catalogs": st.lists(st.sampled_from(["production", "all"]), unique=True),
        "included_manifests": st.lists(
            st.sampled_from(
                [
                    "site_default", "included_manifests/sites/paris",
                    "included_manifests/builds/kiosk", "included_manifests/sites/new york",
                ]
            ),
            unique=True,
        ),
        "managed_installs": st.lists(st.sampled_from(["Figma", "VSCode"]), unique=True),
        "notes": st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    },
)  # fmt: skip


@settings(deadline=None)  # a web server answers, on a machine that has other things to do
@given(manifest=manifests, site=st.sampled_from(SITES), build=st.sampled_from(BUILDS))
def test_whatever_was_there_before_no_client_stops_at_what_we_write(
    standing: tuple[Path, Web], manifest: dict[str, Any], site: str, build: str
) -> None:
    root, shown = standing
    merged = merge(manifest, Destination(site, build))
    (root / "manifests" / MAC).write_bytes(dumps(MAC, merged))

    seen = MunkiClient(shown.url, MAC).check()

    assert seen.primary == MAC
    installs = seen.named("managed_installs")
    assert {"Zoom", "Slack", "Firefox", *manifest.get("managed_installs", [])} == set(installs)


@pytest.mark.parametrize(
    ("fault", "goes_on"),
    [("missing", {6, 7}), ("503", {6, 7}), ("0", {7}), ("no property list", {7})],
)
@pytest.mark.parametrize("release", [6, 7])
def test_after_an_error_munki_asks_for_the_next_name_unless_it_has_an_identifier(
    shown: Web, repo_folder: Path, release: int, fault: str, goes_on: set[int]
) -> None:
    """As docs/how-to/policy.md has it in its table."""
    write(repo_folder, "site_default", catalogs=["production"])
    if fault == "no property list":
        (repo_folder / "manifests" / MAC).write_text(fault)
    elif fault != "missing":
        write(repo_folder, MAC, catalogs=["production"])
        shown.failing[f"/manifests/{MAC}"] = int(fault)

    if release in goes_on:
        assert MunkiClient(shown.url, MAC, release=release).check().primary == "site_default"
    else:
        with pytest.raises(CheckAborted):
            MunkiClient(shown.url, MAC, release=release).check()
    with pytest.raises(CheckAborted):
        MunkiClient(shown.url, MAC, identifier=MAC, release=release).check()
