"""An admin with templates for Imagr."""

from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo
from tests.fakes.imagr.admin import Admin


@pytest.fixture
def admin(tmp_path: Path, repo: MunkiRepo) -> Admin:
    """An admin who has written no template yet."""
    return Admin(tmp_path / "templates", repo)
