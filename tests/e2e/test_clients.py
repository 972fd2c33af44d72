"""The lines of docs/clients, pasted: on Macs that are simulated, against a server that is not."""

import json
import plistlib
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import registrations
from provisioning.database import Database
from provisioning.munki import Destination
from provisioning.serials import Serial
from tests.support.acting import did
from tests.support.installapplications import Client
from tests.support.installation import CHANNEL, ROOT, Install, Installation
from tests.support.macos import MacOS
from tests.support.samples import sample_repo
from tests.support.waiting import eventually

PAGES = ROOT / "docs/clients"
SERVER = "http://deploy.example.com:5000"
PLAIN = ("mdm", "outset", "mac-deploy-stick")


@pytest.fixture(scope="module")
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


def pasted(page: str, language: str = "sh") -> list[str]:
    """The blocks of a page, in their order."""
    text = (PAGES / f"{page}.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def meant_for(rollcall: Installation, text: str) -> str:
    """A block with this server's address in it."""
    assert SERVER in text
    return text.replace(SERVER, rollcall.url)


def register(rollcall: Installation, serial: str, site: str = "london") -> None:
    database = Database(rollcall.environment["ROLLCALL_DATABASE_URL"])
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE")
        to = Destination(site, "design")
        registrations.register(session, [Serial(serial)], to, act=act, channel=CHANNEL)
    database.close()


def includes(rollcall: Installation, serial: str) -> list[str]:
    manifest = plistlib.loads(rollcall.manifest(serial).read_bytes())
    return list(manifest["included_manifests"][1:])


def script_of(page: str) -> str:
    [script] = [block for block in pasted(page) if block.startswith("#!/bin/sh\n")]
    return script


def placed(mac: MacOS, text: str) -> str:
    path = mac.folder / "rollcall.sh"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


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


@pytest.mark.parametrize("page", PLAIN)
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


@pytest.mark.parametrize("page", PLAIN)
def test_the_script_of_a_page_is_sound(page: str) -> None:
    ended = subprocess.run(
        ["shellcheck", "-"], input=script_of(page), capture_output=True, text=True, check=False
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


def test_the_curl_lines_show_what_a_mac_would_get(rollcall: Installation, tmp_path: Path) -> None:
    mac = MacOS(tmp_path, "C02ADMIN")
    lines = pasted("mdm")[2].strip().split("\n")

    said = [mac.run("sh", "-c", meant_for(rollcall, line)) for line in lines]

    assert all(code == 0 and "#!/bin/sh\n" in text for code, text in said)
    assert "site=london" in said[1][1]


def test_outset_gets_it_with_the_line_of_its_page_and_it_removes_itself(
    rollcall: Installation, tmp_path: Path
) -> None:
    register(rollcall, "C02OUTSET")
    mac = MacOS(tmp_path, "C02OUTSET")
    outset = tmp_path / "outset"
    (outset / "boot-every").mkdir(parents=True)
    placed(mac, meant_for(rollcall, script_of("outset")))
    install = pasted("outset")[1].replace("/usr/local/outset", str(outset))

    assert mac.run("sh", "-c", install) == (0, "")
    there = outset / "boot-every/rollcall.sh"
    assert stat.S_IMODE(there.stat().st_mode) == 0o755, "Outset runs nothing else"
    code, said = mac.run(str(there), "consoleuser")

    assert code == 0, said
    assert not there.exists()


def test_outset_tries_again_at_the_next_boot_what_failed(tmp_path: Path) -> None:
    mac = MacOS(tmp_path, "C02OUTSET")
    script = script_of("outset").replace(SERVER, "http://127.0.0.1:9").replace("left=40", "left=1")

    code, _ = mac.run(path := placed(mac, script))

    assert code == 1
    assert Path(path).exists()


def test_the_stick_gets_it_with_the_lines_of_its_page(
    rollcall: Installation, tmp_path: Path
) -> None:
    mac = MacOS(tmp_path, "C02STICK")
    placed(mac, meant_for(rollcall, script_of("mac-deploy-stick")))

    assert mac.run("sh", "-c", pasted("mac-deploy-stick")[1]) == (0, "")
    assert stat.S_IMODE((tmp_path / "Scripts/10-rollcall.sh").stat().st_mode) == 0o755


def test_installapplications_does_what_its_json_says(rollcall: Installation) -> None:
    [block] = pasted("installapplications", "xml")
    arguments = re.findall("<string>(.*)</string>", meant_for(rollcall, block))
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    register(rollcall, "C02IAPPS", "paris")

    [ended] = Client(rollcall.mac("C02IAPPS"), given["--headers"]).run(given["--jsonurl"])

    assert ended.code == 0, ended.output
    assert includes(rollcall, "C02IAPPS")[0] == "included_manifests/sites/paris"


def test_an_admins_own_items_are_served_behind_the_script(
    rollcall: Installation, tmp_path: Path
) -> None:
    [line] = pasted("installapplications")
    mac = MacOS(tmp_path, "C02ADMIN")
    line = meant_for(rollcall, line).replace("curl ", "curl --silent ").replace("london", "paris")

    code, said = mac.run("sh", "-c", line)

    assert code == 0
    names = [item["name"] for item in json.loads(said)["setupassistant"]]
    assert names[1:] == ["Munki"]


def test_a_restart_of_the_server_costs_no_client_its_mac(
    rollcall: Installation, tmp_path: Path
) -> None:
    """The last one: it stops the server that the others share, and starts it again."""
    register(rollcall, "C02RESTART")
    mac = MacOS(tmp_path, "C02RESTART")
    script = placed(mac, meant_for(rollcall, script_of("mdm")))
    assert rollcall.stop("server") == {"server": 0}

    running = mac.start(script)
    time.sleep(1)
    assert running.poll() is None
    rollcall.start("server")
    said, _ = running.communicate(timeout=60)

    assert running.returncode == 0, said
    eventually(lambda: rollcall.manifest("C02RESTART").exists())


def test_no_secret_is_in_the_servers_log(rollcall: Installation) -> None:
    log = rollcall.log.read_text()

    assert "your-password" not in log
    assert rollcall.environment["ROLLCALL_SECRET_KEY"] not in log
