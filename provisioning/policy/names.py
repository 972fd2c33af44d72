"""Names as they are compared, and the ones that were probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from provisioning.names import folded


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`; None where none is like it."""
    known = {folded(other): other for other in names}
    likely = get_close_matches(folded(name), known, n=1)
    return known[likely[0]] if likely else None
