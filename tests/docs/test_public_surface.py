"""Names that others rely on change on purpose, and the CHANGELOG says so."""

from tests.support import snapshots
from tests.support.house import surface


def test_the_public_surface_is_as_it_was() -> None:
    snapshots.check(surface.SNAPSHOT, surface.rendered(), surface.__name__)
