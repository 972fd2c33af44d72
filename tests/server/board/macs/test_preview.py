"""The preview on the board: what a Mac would be served, and why; the script for admins alone."""

from urllib.parse import quote

from infrastructure.database.engine import Database
from tests.server.board.conftest import Browsers
from tests.server.board.macs.test_page import HOSTILE
from tests.server.machines.asked import registered
from tests.support.installation import PASSWORD


def test_a_preview_says_why_and_hides_secrets(browsers: Browsers, database: Database) -> None:
    registered(database, "C02AAA")
    alice, admin = browsers.of("U0ALICE"), browsers.of("U0ADMIN")

    page = alice.get("/board/macs/C02AAA/preview").text
    whole = admin.get("/board/macs/C02AAA/preview").text

    assert "C02AAA would go to london/design." in page
    assert "Alice &lt;b&gt; registered it for london/design on" in page
    assert "included_manifests/sites/london" in page
    assert "Its script is shown to admins." in page
    assert "#!/bin/sh" not in page
    assert "#!/bin/sh" in whole
    assert PASSWORD not in whole


def test_a_preview_of_one_that_nobody_registered(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")

    assert "C02NEW would go nowhere yet." in alice.get("/board/macs/C02NEW/preview").text
    named = alice.get("/board/macs/C02NEW/preview?site=london&build=design").text
    assert "C02NEW would go to london/design." in named
    sent = quote(HOSTILE)
    hostile = alice.get(f"/board/macs/C02NEW/preview?site={sent}&build={sent}").text
    assert "<script>alert" not in hostile
