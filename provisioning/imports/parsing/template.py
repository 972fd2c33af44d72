"""The template of a list of Macs, a CSV file that people fill in."""

import csv
import io
from collections.abc import Sequence

from provisioning.imports.parsing.vocabulary.headings import COMMENT

MAX_EXAMPLES = 20  # names of sites or of builds that the template lists


def csv_template(sites: Sequence[str] | None, builds: Sequence[str] | None) -> bytes:
    """Return a CSV template for people to fill in: headings, and comments with the known names.

    `sites`, or `builds`, are None where the repo has none of that kind. The file begins with a
    byte order mark, or Excel would read it as Windows-1252. The lines below the headings begin
    with # and are not read.
    """
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    known = {"Site": sites, "Build": builds}
    kinds = {kind: names for kind, names in known.items() if names is not None}
    lines.writerow(("Serial", *kinds, "Note"))
    lines.writerow((f"{COMMENT}One Mac a line, from here on; lines with # are not read",))
    lines.writerows((f"{COMMENT}{kind}s: {_listed(names)}",) for kind, names in kinds.items())
    return file.getvalue().encode("utf-8-sig")


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(" ".join(name.split()) for name in names[:MAX_EXAMPLES])
    return (
        f"{listed} and {len(names) - MAX_EXAMPLES} more"
        if len(names) > MAX_EXAMPLES
        else listed or "none yet"
    )
