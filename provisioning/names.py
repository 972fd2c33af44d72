"""Names of sites and builds, as they are compared wherever somebody writes one."""

from unicodedata import normalize


def folded(name: str) -> str:
    """Return a name in one case, with single spaces, and composed: Macs and SMB decompose it."""
    return " ".join(normalize("NFC", name).split()).casefold()
