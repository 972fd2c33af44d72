"""The spreadsheet that people get who would rather fill one in."""

import csv
import io
from collections.abc import Sequence

from provisioning.imports.parsing.columns import COMMENT

HEADINGS = ("Serial", "Site", "Build", "Note")
SHOWN = 20  # names of sites or of builds that are listed as examples


def csv_template(sites: Sequence[str], builds: Sequence[str]) -> bytes:
    """Return a CSV file with headings and lines that say what to write below them.

    It begins with a byte order mark: without one, Excel takes it for Windows-1252. Everything
    below the headings begins with # and is not read.
    """
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    lines.writerow(HEADINGS)
    lines.writerow((f"{COMMENT}One Mac a line, from here on; lines with # are not read",))
    lines.writerow((f"{COMMENT}Sites: {_listed(sites)}",))
    lines.writerow((f"{COMMENT}Builds: {_listed(builds)}",))
    return file.getvalue().encode("utf-8-sig")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(" ".join(name.split()) for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown or "none yet"
