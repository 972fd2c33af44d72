"""Names that others rely on change on purpose, and the CHANGELOG says so."""

import difflib

from tests.support.house import surface


def test_the_public_surface_is_as_it_was() -> None:
    kept = surface.SNAPSHOT.read_text().splitlines()
    now = surface.rendered().splitlines()

    changes = "\n".join(difflib.unified_diff(kept, now, "kept", "now", lineterm="", n=0))

    assert not changes, (
        f"The public surface changed:\n{changes}\n"
        "Is that meant? Say it in the CHANGELOG, then update the file with "
        "`python -m tests.support.house.surface`."
    )
