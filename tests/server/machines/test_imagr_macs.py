"""Whole Macs in Imagr, in front of the server on a port of its own."""

import plistlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr
from sqlalchemy import select
from werkzeug import Request, Response

from infrastructure.database.engine import Database
from provisioning.clients.imagr.workflows import UNREGISTERED
from provisioning.munki import Destination
from provisioning.registrations.models import Registration
from tests.fakes.imagr.admin import imaging
from tests.fakes.imagr.client import Imagr, NoConfig, WorkerDied
from tests.fakes.imagr.netboot import Netboot
from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.mac import Mac
from tests.support import acting
from tests.support.databases.postgres import free_port
from tests.support.installation import PASSWORD, USERNAME
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.running.serving import served
from tests.support.soaking import in_soak

SERIAL = "C02XYZ123DEF"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """An admin's own templates: designers' Macs are imaged."""
    folder = tmp_path / "templates/imagr"
    (folder / "builds").mkdir(parents=True)
    (folder / "builds/design.plist").write_text(imaging())
    return folder


@pytest.fixture
def url(repo_folder: Path, templates: Path, database: Database) -> Iterator[str]:
    """The Macs' door on a port of its own."""
    port = free_port()
    own = {
        "url": AnyHttpUrl(f"http://127.0.0.1:{port}"),
        "templates": templates.parent,
        "report_keys": SecretStr(REPORT_KEY),
    }
    app = machines_door(settings.server_settings(repo_folder).model_copy(update=own), database)
    with served(app, port) as url:
        yield url


@pytest.fixture
def imagr(url: str, tmp_path: Path) -> Imagr:
    """Imagr on a Mac, with a technician who knows the password."""
    (tmp_path / "netboot").mkdir()
    mac = Mac(SERIAL, url, username="", password="")
    net = Netboot(f"{url}/imagr_config.plist", f"{url}/report/{REPORT_KEY}", tmp_path / "netboot")
    return Imagr(mac, net, typed=(USERNAME, PASSWORD))


def state(database: Database) -> str:
    with database.reading() as session:
        return session.scalars(select(Registration)).one().state


@pytest.mark.parametrize(
    "old",
    [False, *in_soak("its config is read as by the last commit", True)],
    ids=["last commit", "1.6.1"],
)
def test_from_the_config_to_the_confirmation(
    imagr: Imagr, database: Database, repo_folder: Path, old: bool
) -> None:
    imagr.old = old
    acting.register(database, SERIAL)
    imagr.load()
    assert imagr.choices()[0] == "Registered build"
    imagr.run()
    assert (imagr.error, imagr.done, state(database)) == ("", ["image"], "imaging")

    assert [run.code for run in imagr.boots()] == [0]

    assert state(database) == "confirmed"
    manifest = plistlib.loads((repo_folder / "manifests" / SERIAL).read_bytes())
    assert manifest["included_manifests"][1] == "included_manifests/sites/london"


def test_a_mac_of_a_site_that_imagr_cannot_print_is_imaged_all_the_same(
    imagr: Imagr, database: Database, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "東京").write_bytes((sites / "paris").read_bytes())
    acting.register(database, SERIAL, to=Destination("東京", "design"))
    imagr.load()
    assert "東京 / design" in imagr.choices()

    imagr.run()

    assert (imagr.error, imagr.done) == ("", ["image"])
    assert [run.code for run in imagr.boots()] == [0]


def test_a_stranger_that_nobody_answers_is_told_on_its_screen(imagr: Imagr) -> None:
    imagr.load()

    imagr.run(UNREGISTERED)

    assert imagr.error == (
        f"{SERIAL}: nobody has said where this Mac goes. Answer in Slack, where Rollcall asks, "
        "or type there: /mac register SERIAL SITE BUILD. Then run the workflow again."
    )
    assert imagr.done == []


def test_a_mac_whose_site_is_gone_when_its_script_is_copied_has_failed(
    imagr: Imagr, database: Database, repo_folder: Path
) -> None:
    acting.register(database, SERIAL)
    imagr.load()
    (repo_folder / "manifests/included_manifests/sites/london").unlink()

    imagr.run()

    assert imagr.error == "Couldn't copy script 3.0"
    assert state(database) == "failed"


def test_without_the_password_there_is_no_config(imagr: Imagr) -> None:
    imagr.typed = (USERNAME, "wrong")
    with pytest.raises(NoConfig, match="wrong"):
        imagr.load()
    assert imagr.asked == 2


# The simulation is as strict as Imagr


@pytest.fixture
def other(
    imagr: Imagr, tmp_path: Path
) -> Iterator[Callable[[int, bytes], tuple[Imagr, list[str]]]]:
    """The same Mac in front of a server that answers all alike, and what that was asked."""
    with ExitStack() as servers:

        def serving(status: int, body: bytes) -> tuple[Imagr, list[str]]:
            asked: list[str] = []

            @Request.application
            def answer(request: Request) -> Response:
                if request.method == "GET":  # and not a report
                    asked.append(f"{request.path} {request.headers['Accept-Encoding']}")
                return Response(body, status, {"Location": "/elsewhere"})

            url = servers.enter_context(served(answer))
            net = Netboot(f"{url}/imagr_config.plist", f"{url}/report", tmp_path / "netboot")
            return replace(imagr, net=net), asked

        yield serving


@pytest.mark.parametrize(("status", "body"), [(301, b"x"), (308, b"x"), (500, b"x"), (200, b"")])
def test_imagr_takes_redirects_errors_and_nothing_for_failures_and_tries_three_times(
    other: Callable[[int, bytes], tuple[Imagr, list[str]]], status: int, body: bytes
) -> None:
    imagr, asked = other(status, body)

    with pytest.raises(NoConfig):
        imagr.load()

    assert asked == ["/imagr_config.plist gzip, deflate"] * 3


def test_a_script_by_url_that_runs_while_imaging_kills_imagr_where_it_is_refused(
    other: Callable[[int, bytes], tuple[Imagr, list[str]]],
) -> None:
    imagr, asked = other(404, b"no")
    url = imagr.net.server_url
    script = {"type": "script", "url": url, "first_boot": False}
    imagr.config = {"workflows": [{"name": "A", "components": [script]}]}

    with pytest.raises(WorkerDied):
        imagr.run("A")
    assert len(asked) == 1
