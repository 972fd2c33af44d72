"""The other lines of docs/how-to/clients: how a script gets to its place, and what follows."""

import json
import re
import stat
from pathlib import Path

from tests.fakes.mac.installapplications import Client, basic
from tests.fakes.mac.macos import MacOS
from tests.journeys.clients.pages import (
    PAGES,
    SERVER,
    includes,
    meant_for,
    pasted,
    placed,
    register,
    script_of,
)
from tests.support.installation import Installation
from tests.support.running.commandline import typed
from tests.support.waiting import eventually

PAGE = (PAGES / "installapplications.md").read_text()


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

    code, said = mac.run(path := placed(mac, script))

    assert code == 1
    assert "no whole script came from http://127.0.0.1:9" in said
    assert Path(path).exists()


def test_the_stick_gets_it_with_the_lines_of_its_page(
    rollcall: Installation, tmp_path: Path
) -> None:
    mac = MacOS(tmp_path, "C02STICK")
    placed(mac, meant_for(rollcall, script_of("mdm")))

    assert mac.run("sh", "-c", pasted("mac-deploy-stick")[0]) == (0, "")
    assert stat.S_IMODE((tmp_path / "Scripts/10-rollcall.sh").stat().st_mode) == 0o755


def key_of_the_page(rollcall: Installation, site: str) -> str:
    """The key that the page's command makes for a site."""
    [line] = re.findall(r"^    ./boot.sh (credentials make london .*)$", PAGE, re.MULTILINE)
    made = typed(rollcall.environment, *line.replace("london", site).split())
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_installapplications_does_what_its_json_says(rollcall: Installation) -> None:
    [block] = pasted("installapplications", "xml")
    block = block.replace("rollcall_…", key_of_the_page(rollcall, "london"))
    arguments = re.findall("<string>(.*)</string>", meant_for(rollcall, block))
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    register(rollcall, "C02IAPPS")

    [ended] = Client(rollcall.mac("C02IAPPS"), given["--headers"]).run(given["--jsonurl"])

    assert ended.code == 0, ended.output
    assert includes(rollcall, "C02IAPPS")[0] == "included_manifests/sites/london"


def test_what_the_page_before_this_one_said_still_works_and_the_doctor_says_what_to_do(
    rollcall: Installation,
) -> None:
    headers = basic("imaging", "your-password")
    register(rollcall, "C02LEGACY", "paris")  # whose JSON has an item of munki.example.com

    mac = rollcall.mac("C02LEGACY")
    client = Client(mac, headers)
    document = client.document(f"{rollcall.url}/installapplications/paris/design.json")
    ended = mac.run(client.downloaded(document["setupassistant"][0]).decode())

    assert ended.code == 0, ended.output
    assert includes(rollcall, "C02LEGACY")[0] == "included_manifests/sites/paris"
    found = typed(rollcall.environment, "doctor").stdout
    assert "the JSON of paris/design with BOOTSTRAP_PASSWORD" in found
    assert "munki.example.com" in found
    assert "`boot.sh credentials make paris --installapplications design`" in found


def test_an_admins_own_items_are_served_behind_the_script(
    rollcall: Installation, tmp_path: Path
) -> None:
    [line] = pasted("installapplications")
    mac = MacOS(tmp_path, "C02ADMIN")
    line = meant_for(rollcall, line).replace("curl ", "curl --silent ").replace("london", "paris")
    line = f"KEY={key_of_the_page(rollcall, 'paris')}\n{line}"

    # Servers that are running know a new key within two seconds.
    said = eventually(lambda: _json(mac.run("sh", "-c", line)))
    names = [item["name"] for item in json.loads(said)["setupassistant"]]
    assert names[1:] == ["Munki"]


def _json(ran: tuple[int, str]) -> str | None:
    """The JSON that curl printed; None for a refusal."""
    code, said = ran
    assert code == 0
    return said if said.startswith("{") else None
