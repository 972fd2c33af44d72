"""Sites and builds on the board: their Macs, manifests and templates, and what they lack."""

import html
import plistlib
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.registrations.models import CONFIRMED, Registration
from tests.server.board.conftest import Browser
from tests.server.board.registrations.test_table import HOSTILE
from tests.server.machines.asked import registered


def rows(browser: Browser, query: str = "") -> dict[str, list[str]]:
    """The cells of the rows, without markup, by the names of the places."""
    text = browser.get(f"/board/places?{query}").text
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", text.split("</form>")[-1], re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        name, *rest = [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells]
        found[name] = rest
    return found


@pytest.mark.postgresql(instead=True)
def test_each_place_has_its_macs_manifest_and_template(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    registered(database, "C02BBB")
    with database.begin() as session:
        done = update(Registration).where(Registration.serial == "C02BBB")
        session.execute(done.values(state=CONFIRMED))

    found = rows(alice)

    manifest = "included_manifests/sites/london"
    assert found["london"] == ["2", "1", manifest, "base.sh.j2", "nothing"]
    assert found["design"][:3] == ["2", "1", "included_manifests/builds/design"]
    assert found["paris Paris"][0] == "0"
    assert list(rows(alice, "q=LOND")) == ["Name", "london"]


def test_what_a_place_lacks_comes_first(
    alice: Browser, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA", site="tokyo")
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "paris").write_bytes(plistlib.dumps({"included_manifests": ["nowhere"]}))
    (sites / "new york").write_bytes(b"no manifest")

    found = rows(alice)

    assert found["tokyo"][-1] == "The Munki repo does not have it any more."
    assert "includes nowhere, which is missing." in found["paris Paris"][-1]
    assert "new york" in found["new york"][-1]
    assert found["london"][-1] == "nothing"
    names = list(found)
    assert names.index("london") > max(map(names.index, ("tokyo", "paris Paris", "new york")))


def test_hostile_text_is_shown_and_does_nothing(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA", site=f"lon{HOSTILE}", build=f"des{HOSTILE}")

    for path in ("/board/places", f"/board/places?q={quote(HOSTILE)}"):
        text = alice.get(path).text
        assert "<script>alert" not in text
        assert f"lon{HOSTILE}" in html.unescape(text)
        assert f"des{HOSTILE}" in html.unescape(text)
