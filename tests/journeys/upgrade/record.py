"""Records a database with something of everything in it, and what Slack and Macs hold of it.

`python -m tests.journeys.upgrade.record` makes it anew on both kinds of databases, in
DATABASES, with the code that is here. The files that are kept there were made by release 0008 of
the schema; later code has to go on with them, so they are not made anew when code changes.
"""

import json
import re
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.slack import Message
from tests.journeys.upgrade.house import BASIC, House, opened
from tests.support.databases import postgres
from tests.support.house import product
from tests.support.installation import CHANNEL
from tests.support.running.commandline import typed
from tests.support.waiting import eventually

DATABASES = Path(__file__).parent / "databases"
KINDS = ("sqlite", "postgresql")
TYPED = (
    "register C02WAT0001 london design",
    "register C02CNFRM01 london design named lab-02",
    "register C02MAGNG01 paris kiosk",
    "register C02FALED01 paris kiosk",
    "register C02CANCELD london design",
    "register C02WED0001 london developer",
    "register C02MVED001 london design",
    "cancel C02CANCELD",
    "move C02MVED001 paris basic",
    "bench paris basic 3 for 2h",
)
TOKEN = re.compile(r"(?<=token=)[A-Za-z0-9._-]+")
LIST = b"Serial,Site,Build\nC02TABEAAA11,london,design\nC02TABEBBB22,paris,kiosk\n"


def main() -> None:
    """Record both kinds."""
    DATABASES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/rollcall.sqlite3"
        held = record(url, Path(folder))
        _keep("sqlite", _sqlite_dump(Path(folder, "rollcall.sqlite3")), held)
    with postgres.cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE recorded")
        held = record(f"{cluster}/recorded", Path(folder))
        _keep("postgresql", _postgresql_dump(f"{cluster}/recorded"), held)


def record(url: str, folder: Path) -> dict[str, Any]:
    """Fill the empty database at `url`; return what Macs and Slack have of it."""
    product.upgrade(url)
    with opened(url, folder) as house:
        return {**_happen(house, url), "made_at": datetime.now(UTC).isoformat()}


def _keep(kind: str, dump: str, held: dict[str, Any]) -> None:
    text = json.dumps(held, indent=1, ensure_ascii=False, sort_keys=True)
    (DATABASES / f"{kind}.json").write_text(f"{text}\n")
    (DATABASES / f"{kind}.sql").write_text(dump)


def _happen(house: House, url: str) -> dict[str, Any]:
    """Do something of everything; return what Macs and Slack have of it."""
    for text in TYPED:
        _type(house, text)
    macs = _boot(house, url)
    _press_last(house, "bench_end")
    house.alice.drop(CHANNEL, ("macs.csv", LIST))
    house.work()
    house.deliver()
    modals = _look(house)
    _leave_owed(house, macs["tokens"])
    home = house.alice.home
    return {
        **macs,
        "channel": [_message(each) for each in house.slack.channels[CHANNEL].messages],
        "ephemerals": [_message(each) for each in house.alice.ephemerals],
        "home": home and home.content,
        "modals": modals,
    }


def _boot(house: House, url: str) -> dict[str, Any]:
    """Macs fetch scripts, report, and ask for manifests; returns what they were served."""
    http, keys = house.http, _credentials(house, url)
    placed = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}
    scripts = {
        "site": http.get("/", headers={**BASIC, **placed}).text,
        "anywhere": http.get("/", headers=BASIC).text,
        "one": http.get("/script?serial=C02WAT0001", headers=BASIC).text,
    }
    tokens = {name: _token(script) for name, script in scripts.items()}
    _finish(house, tokens["site"], "C02CNFRM01", site="london", build="design")
    for serial, status in (("C02MAGNG01", "in_progress"), ("C02FALED01", "error")):
        told = {"serial": serial, "status": status, "message": "Restoring image"}
        assert http.post(f"/report/{REPORT_KEY}", data=told).status_code == HTTPStatus.OK
    _finish(house, tokens["anywhere"], "C02BENCHED")
    json_headers = {"Authorization": f"Bearer {keys['json']}"}
    document = http.get("/installapplications/london/design.json", headers=json_headers)
    [item] = json.loads(document.text)["setupassistant"]
    promised = {"path": urlsplit(item["url"]).path, "headers": json_headers, "hash": item["hash"]}
    return {"scripts": scripts, "tokens": tokens, "credentials": keys, "promised": promised}


def _look(house: House) -> dict[str, Any]:
    """Alice opens her Home, dry runs and windows; returns the windows."""
    alice = house.alice
    strange = house.finish(None, serial="C02STRANGE")
    assert strange.status_code == HTTPStatus.FORBIDDEN
    house.deliver()
    alice.open_home()
    eventually(lambda: alice.home is not None)
    home = alice.home
    assert home is not None
    for text in ("C02PASTE0001 C02PASTE0002 london design", "find C02"):
        _type(house, text)
    modals = {}
    shown = house.slack.channels[CHANNEL].messages
    card, done = (
        next(each for each in shown if serial in json.dumps(each.blocks))
        for serial in ("C02WAT0001", "C02CNFRM01")
    )
    for verb in ("move", "reimage", "cancel", "remind", "details"):
        alice.click(done if verb == "reimage" else card, f"card_{verb}")
        view = alice.open_view()
        modals[verb] = view.content
        alice.close(view)
    alice.click(home, "home_register")
    form = alice.open_view()
    modals["register"] = form.content
    alice.close(form)
    alice.click(card, "card_remind")
    assert alice.submit(alice.open_view()).error is None, alice.errors
    return modals


def _leave_owed(house: House, tokens: dict[str, str]) -> None:
    """Leave messages and jobs pending: no process does them now."""
    _finish(house, tokens["site"], "C02WAT0001", site="london", build="design")
    _finish(house, None, "C02WED0001", site="atlantis", build="design")
    for site in ("atlantis", "london"):
        headers = {"X-bootstrap-site": site, "X-bootstrap-build": "design"}
        house.http.get("/", headers={**BASIC, **headers})
    for text in ("template", "stats", "export", "doctor"):
        _type(house, text)
    house.alice.drop(CHANNEL, ("more.csv", LIST.replace(b"TABE", b"MRRE")))


def _credentials(house: House, url: str) -> dict[str, str]:
    """A key for the scripts of a site, and one for a JSON."""
    environment = {
        "ROLLCALL_DATABASE_URL": url,
        "ROLLCALL_CHANNEL": CHANNEL,
        "MUNKI_REPO": str(house.repo),
    }
    make = ("credentials", "make", "london")
    scripts = typed(environment, *make)
    document = typed(environment, *make, "--installapplications", "design")
    return {"scripts": scripts.stdout.strip(), "json": document.stdout.strip()}


def _finish(house: House, token: str | None, serial: str, **fields: str) -> None:
    answer = house.finish(token, serial=serial, **fields)
    assert answer.status_code == HTTPStatus.OK, answer.text


def _type(house: House, text: str) -> None:
    reply = house.alice.slash("/mac", text, channel=CHANNEL)
    assert reply.error is None, house.alice.errors


def _press_last(house: House, action: str) -> None:
    house.deliver()
    for shown in reversed([*house.slack.channels[CHANNEL].messages, *house.alice.ephemerals]):
        if f'"{action}"' in json.dumps(shown.blocks):
            assert house.alice.click(shown, action).error is None
            return
    raise AssertionError(action)


def _token(script: str) -> str:
    found = TOKEN.search(script)
    assert found is not None, script
    return found[0]


def _message(message: Message) -> dict[str, Any]:
    kept = asdict(message)
    return {key: value for key, value in kept.items() if key not in ("shown_at", "files")}


def _sqlite_dump(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return "".join(f"{line}\n" for line in connection.iterdump())


def _postgresql_dump(url: str) -> str:
    found = postgres.programs()
    assert found is not None
    command = [str(found / "pg_dump"), "--inserts", "--no-owner", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "".join(line for line in text.splitlines(True) if not line.startswith("\\"))


if __name__ == "__main__":
    main()
