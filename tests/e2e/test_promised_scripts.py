"""What a JSON for InstallApplications promised, kept by real processes that come and go."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.installapplications import Client
from tests.support.installation import Install, Installation

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
OFTEN = 8  # fetches, so that both processes of a server are asked


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The script's template, which both servers read."""
    path = tmp_path / "templates" / "base.sh.j2"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho before\n")
    return path


@pytest.fixture
def servers(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, install: Install, template: Path
) -> Iterator[list[Installation]]:
    """Two servers on one database, the first of them with two processes."""
    with ExitStack() as running:
        both = []
        for name, workers in (("one", "2"), ("other", "1")):
            (tmp_path / name).mkdir()
            server = install(
                tmp_path / name,
                repo_folder,
                NOBODY,
                database_url=sqlite_url,
                settings={
                    "ROLLCALL_WORKERS": workers,
                    "ROLLCALL_TEMPLATES": str(template.parent),
                },
            )
            running.enter_context(server).start("server")
            both.append(server)
        for server in both:
            server.wait_until_ready()
        yield both


def test_every_process_keeps_a_promise_though_the_template_changes_and_servers_are_restarted(
    servers: list[Installation], template: Path
) -> None:
    one = servers[0]
    made = one.run("credentials", "make", "london", "--installapplications", "design")
    client = Client(one.mac("C02AAA"), f"Bearer {made.stdout.strip()}")

    def fetched(server: Installation) -> dict[str, object]:
        url = f"{server.url}/installapplications/london/design.json"
        return client.document(url)["setupassistant"][0]

    def check(item: dict[str, object], content: bytes) -> None:
        """Look whether everybody who is running serves an item as it was promised."""
        for server in servers:
            there = {**item, "url": str(item["url"]).replace(one.url, server.url)}
            assert {client.downloaded(there) for _ in range(OFTEN)} == {content}

    promised = fetched(one)
    template.write_text("#!/bin/sh\necho after\n")
    check(promised, b"#!/bin/sh\necho before\n")

    one.stop("server")
    one.start("server")
    one.wait_until_ready()
    check(promised, b"#!/bin/sh\necho before\n")
    check(fetched(one), b"#!/bin/sh\necho after\n")
