"""A server as the pages of docs/how-to/clients name it."""

from collections.abc import Iterator

import pytest

from tests.journeys.clients.pages import pasted
from tests.support.inputs.samples import sample_repo
from tests.support.installation import Install, Installation


@pytest.fixture(scope="package")
def rollcall(tmp_path_factory: pytest.TempPathFactory, install: Install) -> Iterator[Installation]:
    """A server with the user name and the password of the pages, and an admin's own items."""
    folder = tmp_path_factory.mktemp("clients")
    own = folder / "templates/installapplications/sites/paris.json"
    own.parent.mkdir(parents=True)
    own.write_text(pasted("installapplications", "json")[0])
    settings = {
        "BOOTSTRAP_USERNAME": "imaging",
        "BOOTSTRAP_PASSWORD": "your-password",
        "ROLLCALL_TEMPLATES": str(folder / "templates"),
    }
    repo = sample_repo(folder / "munki_repo")
    with install(folder, repo, "http://127.0.0.1:9/", settings=settings) as installation:
        installation.start("server")
        installation.wait_until_ready(60)
        yield installation
