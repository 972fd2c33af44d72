"""The doctor on the board: the findings of `boot.sh doctor`, for admins."""

from pathlib import Path

from tests.server.board.conftest import Browsers


def test_findings_have_their_fixes(browsers: Browsers, repo_folder: Path) -> None:
    (repo_folder / "manifests/C02BROKEN").write_bytes(b"<script>alert(1)</script>")
    admin = browsers.of("U0ADMIN")

    at_once = admin.get("/board/doctor").text
    whole = admin.get("/board/doctor?whole=yes").text

    assert "C02BROKEN" not in at_once
    assert "Look at the repo, the templates and the addresses, too" in at_once
    assert "C02BROKEN" in whole
    assert "Open it in an editor for property lists, or restore it from a backup." in whole
    assert "<script>alert" not in whole


def test_the_doctor_is_for_admins(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")
    refused = alice.get("/board/doctor?whole=yes")

    assert (refused.status_code, "You may not see what is to be fixed." in refused.text) == (
        *(403, True),
    )
    assert "/board/doctor" not in alice.get("/board").text
