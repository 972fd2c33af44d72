"""Names of files that mean something to Munki, or that other systems cannot have."""

import re

# Munki's own: in a repo, and beside the manifests on a Mac.
RESERVED = (
    "catalogs", "client_resources", "icons", "manifests", "pkgs", "pkgsinfo",
    "included_manifests", "site_default", "SelfServeManifest",
)  # fmt: skip

# Of git's own check for Windows (`is_valid_win32_path`); SMB and exFAT refuse the same signs.
_SIGNS = ':*?"<>|'
_DEVICES = frozenset(
    {
        *("CON", "CONIN$", "CONOUT$", "PRN", "AUX", "NUL"),
        *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10)),
    }
)
# As git's `is_ntfs_dotgit` knows it.
_GIT = re.compile(r"git~\d+", re.IGNORECASE)


def fault_of(part: str) -> str | None:
    """Return the reason why a part of a path breaks a checkout on other systems; None for none."""
    sign = next((sign for sign in _SIGNS if sign in part), None)
    if sign is not None:
        return f"other systems take no {sign} in the name of a file"
    if part.endswith((".", " ")):
        return "other systems take no dot and no blank at the end of a file's name"
    if part.partition(".")[0].rstrip().upper() in _DEVICES:
        return f"{part} is the name of a device on Windows"
    if _GIT.fullmatch(part):
        return f"{part} is a short name of .git on Windows, where no such clone is checked out"
    return None
