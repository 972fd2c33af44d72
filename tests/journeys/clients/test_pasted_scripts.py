"""The scripts of docs/how-to/clients, pasted on simulated Macs, against a real server."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug import Response

from infrastructure.database.engine import Database
from tests.fakes.mac.macos import MacOS
from tests.journeys.clients.pages import (
    PAGES,
    PLAIN,
    SERVER,
    includes,
    meant_for,
    pasted,
    placed,
    register,
    script_of,
)
from tests.support.databases.postgres import free_port
from tests.support.installation import Installation
from tests.support.installing.packages import program
from tests.support.running.doors import machines_door
from tests.support.running.serving import served
from tests.support.running.settings import server_settings
from tests.support.soaking import first, in_soak
from tests.support.tables import for_each
from tests.support.waiting import eventually

# What is fetched first is `answer`, as curl stores it.
PORTAL = """
if [ ! -e seen ]; then
    : >seen
    while [ "$1" != --output ]; do shift; done
    printf '{answer}' >"$2"
    exit
fi
exec {curl} "$@"
"""

CUT = r"#!/bin/sh\n{\ntouch ran\nif"


@pytest.mark.parametrize("page", PLAIN)
def test_the_script_of_a_page_brings_a_registered_mac_to_its_manifest(
    rollcall: Installation, tmp_path: Path, page: str
) -> None:
    serial = f"C02{page[:3].upper()}+A="  # as virtual Macs have them
    register(rollcall, serial)
    mac = MacOS(tmp_path, serial)

    code, said = mac.run(placed(mac, meant_for(rollcall, script_of(page))))

    assert code == 0, said
    assert includes(rollcall, serial) == [
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    assert not list(tmp_path.glob("tmp.*")), "the script and its token are gone"


@pytest.mark.parametrize(
    "page", first(1, PLAIN, "each has been seen to bring a Mac, and waits alike")
)
def test_the_script_of_a_page_waits_until_somebody_has_registered_the_mac(
    rollcall: Installation, tmp_path: Path, page: str
) -> None:
    serial = f"C02{page[:3].upper()}WAITS"
    mac = MacOS(tmp_path, serial)

    running = mac.start(placed(mac, meant_for(rollcall, script_of(page))))
    assert running.stdout is not None
    told = iter(running.stdout)
    assert any("waiting for somebody to say in Slack" in line for line in told)
    assert running.poll() is None
    register(rollcall, serial, "paris")
    said, _ = running.communicate(timeout=60)

    assert running.returncode == 0, said
    assert includes(rollcall, serial)[0] == "included_manifests/sites/paris"


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("outset", ""),
        ("mdm", CUT),
        *in_soak("as these", ("mdm", ""), ("outset", CUT), ("mdm", r"<html>\n")),
    ],
)
def test_what_is_no_whole_script_is_not_run_but_asked_for_again(
    rollcall: Installation, tmp_path: Path, page: str, answer: str
) -> None:
    """Where somebody has to sign in first, a network answers with a redirect or a page."""
    serial = "C02PORTAL"
    register(rollcall, serial)
    mac = MacOS(tmp_path, serial)
    mac.tool("curl", PORTAL.format(answer=answer, curl=shutil.which("curl")))

    code, said = mac.run(placed(mac, meant_for(rollcall, script_of(page))))

    assert (tmp_path / "seen").exists()
    assert not (tmp_path / "ran").exists()
    assert code == 0, said
    assert includes(rollcall, serial)[0] == "included_manifests/sites/london"


@for_each("page", [*PLAIN, "fleet"])
def test_an_address_that_redirects_is_told_with_where_it_leads(page: str, tmp_path: Path) -> None:
    """As where a proxy insists on https; the password is sent to no other address."""
    mac = MacOS(tmp_path / page, "C02MOVED")
    away = "https://deploy.example.com/script?serial=C02MOVED"
    with served(Response(status=301, headers={"Location": away})) as url:
        text = script_of(page).replace(SERVER, url).replace("left=40", "left=1")

        code, said = mac.run(placed(mac, text), "background")

    assert code == 1
    assert said == f"rollcall: no whole script came from {url}, which leads to {away}\n"


def test_the_script_for_fleet_ends_at_once_and_goes_on_in_the_background(
    rollcall: Installation, tmp_path: Path
) -> None:
    """Fleet removes its file when the script has ended."""
    mac = MacOS(tmp_path, "C02FLEET")
    script = placed(mac, meant_for(rollcall, script_of("fleet")))

    code, said = mac.run(script)
    Path(script).unlink()
    assert (code, said) == (0, "")
    time.sleep(1)
    assert not rollcall.manifest("C02FLEET").exists()
    assert list(tmp_path.glob("tmp.*"))
    register(rollcall, "C02FLEET")

    eventually(lambda: rollcall.manifest("C02FLEET").exists())
    assert includes(rollcall, "C02FLEET")[0] == "included_manifests/sites/london"
    eventually(lambda: not list(tmp_path.glob("tmp.*")))


def test_the_script_for_fleet_goes_on_when_launchd_ends_the_process_group_of_the_agent(
    tmp_path: Path,
) -> None:
    mac = MacOS(tmp_path, "C02FLEET")
    mac.tool("ioreg", f"exec {sys.executable} -IS -c 'import os; print(os.getpgrp())' >group")
    text = script_of("fleet").replace(SERVER, "http://127.0.0.1:9").replace("left=40", "left=1")

    assert mac.run("bash", placed(mac, text)) == (0, "")  # the sh of macOS

    group = tmp_path / "group"
    eventually(lambda: group.exists() and group.read_text())
    assert int(group.read_text()) != os.getpgrp()
    eventually(lambda: not list(tmp_path.glob("tmp.*")))


def test_the_hash_for_outsets_list_is_that_of_the_script(tmp_path: Path) -> None:
    mac = MacOS(tmp_path, "C02OUTSET")
    script = placed(mac, script_of("outset"))
    text = (PAGES / "outset.md").read_text()
    [line] = [each.strip() for each in text.split("\n") if each.strip().startswith("shasum")]

    code, said = mac.run("sh", "-c", line)

    assert code == 0
    assert said.split()[0] == hashlib.sha256(Path(script).read_bytes()).hexdigest()


@for_each("page", [*PLAIN, "fleet"])
def test_the_script_of_a_page_is_sound(page: str) -> None:
    ended = subprocess.run(
        [program("shellcheck"), "-"],
        input=script_of(page),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == ""


def test_an_mdm_may_name_a_site_and_a_build_instead(rollcall: Installation, tmp_path: Path) -> None:
    line = pasted("mdm")[1]
    own = re.sub(r"^ +--get .*\n", lambda _: line, script_of("mdm"), flags=re.MULTILINE)
    mac = MacOS(tmp_path, "C02NOBODY")

    code, said = mac.run(placed(mac, meant_for(rollcall, own)))

    assert "site=london" in own
    assert code == 0, said
    assert includes(rollcall, "C02NOBODY")[0] == "included_manifests/sites/london"


def test_a_script_that_runs_again_and_again_does_so_until_the_mac_is_done(
    rollcall: Installation, tmp_path: Path
) -> None:
    _, _, begin, end, _ = pasted("mdm")
    first_line, *others, last = script_of("mdm").splitlines(keepends=True)
    assert last == 'sh "$script"\n'
    done = tmp_path / "rollcall.done"
    text = "".join([first_line, begin, *others, end]).replace("/var/db/rollcall.done", str(done))
    register(rollcall, "C02AGAIN")
    mac = MacOS(tmp_path, "C02AGAIN")

    code, said = mac.run(placed(mac, meant_for(rollcall, text)))
    assert code == 0, said
    assert done.exists()

    rollcall.manifest("C02AGAIN").unlink()
    assert mac.run(placed(mac, meant_for(rollcall, text))) == (0, "")
    assert not rollcall.manifest("C02AGAIN").exists()


def test_the_curl_lines_show_what_a_mac_would_get(rollcall: Installation, tmp_path: Path) -> None:
    mac = MacOS(tmp_path, "C02ADMIN")
    lines = pasted("mdm")[-1].strip().split("\n")

    said = [mac.run("sh", "-c", meant_for(rollcall, line)) for line in lines]

    assert [(code, text) for code, text in said if not (code == 0 and "#!/bin/sh\n" in text)] == []
    assert "site=london" in said[1][1]


def test_a_server_that_comes_late_costs_no_client_its_mac(
    rollcall: Installation, tmp_path: Path
) -> None:
    """It is in this process, and has its scripts go on at the one that all have."""
    register(rollcall, "C02RESTART")
    mac, port = MacOS(tmp_path, "C02RESTART"), free_port()
    text = script_of("mdm").replace(SERVER, f"http://127.0.0.1:{port}")
    door = server_settings(
        rollcall.repo, BOOTSTRAP_URL=rollcall.url, BOOTSTRAP_PASSWORD="your-password"
    )

    running = mac.start(placed(mac, text))
    time.sleep(0.5)
    assert running.poll() is None
    with (
        closing(Database(rollcall.environment["ROLLCALL_DATABASE_URL"])) as database,
        served(machines_door(door, database), port),
    ):
        said, _ = running.communicate(timeout=60)

    assert running.returncode == 0, said
    assert rollcall.manifest("C02RESTART").exists()


def test_no_secret_is_in_the_servers_log(rollcall: Installation) -> None:
    log = rollcall.log.read_text()

    assert "your-password" not in log
    assert rollcall.environment["ROLLCALL_SECRET_KEY"] not in log
