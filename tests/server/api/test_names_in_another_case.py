"""Names of manifests in another case, where the disk of the Munki repo ignores it."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki.editing import ManifestEditor
from rollcall.application import Application
from tests.server.api.conftest import NEW, ManifestApi
from tests.support.fixtures.repo import seen
from tests.support.inputs.samples import CaseIgnored


@pytest.fixture
def application(application: Application, database: Database, repo_folder: Path) -> Application:
    """A server whose Munki repo lies on such a disk."""
    application.manifests = ManifestEditor(database, CaseIgnored(repo_folder))
    return application


def test_a_manifest_is_neither_changed_nor_removed_by_such_a_name(
    api: ManifestApi, repo_folder: Path
) -> None:
    """All Macs include `site_default`."""
    before = seen(repo_folder / "manifests")

    put = api.put("manifests/Site_Default", data=plistlib.dumps(NEW))
    removal = api.delete("manifests/Site_Default")

    for answer in (put, removal):
        assert answer.status_code == 409
        assert "takes 'Site_Default' for 'site_default': write that" in answer.text
    assert seen(repo_folder / "manifests") == before
