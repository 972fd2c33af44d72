"""A server with templates for Imagr."""

from pathlib import Path

import pytest

from rollcall.settings import ServerSettings

IMAGING = """{% extends "shipped/base.plist" %}
{% block components %}
<dict>
    <key>type</key><string>image</string>
    <key>url</key><string>http://images.lan/{= build|urlencode =}.dmg</string>
</dict>
{% endblock %}
"""


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """An admin's own templates for Imagr: designers' Macs are imaged, and no others."""
    folder = tmp_path / "templates/imagr"
    (folder / "builds").mkdir(parents=True)
    (folder / "builds/design.plist").write_text(IMAGING)
    return folder


@pytest.fixture
def server_settings(server_settings: ServerSettings, templates: Path) -> ServerSettings:
    """A server that uses them."""
    update = {"templates": templates.parent}
    return server_settings.model_copy(update=update)
