"""Settings whose values may stand in files: `NAME_FILE` names the one that holds NAME.

This is how Docker and Kubernetes give secrets, so that none is in a container's environment. Only
the standard library is imported: probes start every few seconds.
"""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Mapping

from infrastructure.errors import RollcallError, first_line
from infrastructure.filesystem import plain

NAMES = frozenset(
    {"BOOTSTRAP_PASSWORD", "MUNKI_REPO", "MUNKI_REPO_AUTHORIZATION", "ROLLCALL_DATABASE_URL"}
    | {"ROLLCALL_REPORT_KEYS", "ROLLCALL_SECRET_KEY", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"}
    | {"SLACK_SIGNING_SECRET", "ROLLCALL_ALERT_URL", "ROLLCALL_ALIVE_URL", "ROLLCALL_SMTP_URL"}
    | {"ROLLCALL_DATABASE_PASSWORD", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"}
    | {"ROLLCALL_ALERT_MAIL", "ROLLCALL_MAIL_FROM"}  # beside the server of that mail
)
# Those of providers of sign-in, whose names the policy gives: NAME stands for one.
PATTERNS = frozenset(
    {"ROLLCALL_SIGN_IN_NAME_CLIENT_ID", "ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET"}
    | {"ROLLCALL_SIGN_IN_NAME_BIND_PASSWORD"}
)
SUFFIX = "_FILE"
LARGEST = 64 * 1024  # bytes; a wrong path such as a database's is not read into memory
PATIENCE = 5.0  # seconds for what writes into a pipe, such as `<(vault …)` of a shell


class UnusableSecretFile(RollcallError):
    """A file without a value; the text names its variable and the reason, and not the content."""


def values(pattern: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the secrets of one of PATTERNS, by the part for NAME. Raises what `value` does."""
    before, _, after = pattern.partition("NAME")
    form = re.compile(rf"{before}([A-Z][A-Z0-9_]*){after}(?:{SUFFIX})?")
    names = sorted({match[1] for each in environment if (match := form.fullmatch(each))})
    found = {name: value(f"{before}{name}{after}", environment) for name in names}
    return {name: text for name, text in found.items() if text}


def value(
    name: str, environment: Mapping[str, str] = os.environ, *, patience: float = PATIENCE
) -> str | None:
    """Return the value of a secret: from the environment or from its file, else None.

    A variable that is empty is not set. One line feed at the end of a file, as editors and `echo`
    leave it, is not part of the value, nor is the mark with which editors on Windows begin one.
    The file may be a pipe, which can be read once; it is waited for, for `patience` seconds.
    Raises UnusableSecretFile where both are set, or where the file cannot be read or holds no text.
    """
    given, path = environment.get(name), environment.get(name + SUFFIX)
    if not path:
        return given or None
    if given:
        raise UnusableSecretFile(
            f"{name} and {name}{SUFFIX} are both set: keep one, and set the other to nothing where "
            "an image sets it"
        )
    return _read(name + SUFFIX, path, patience)


def is_set(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Return True if one of NAMES is set, even if its file cannot be read."""
    return bool(environment.get(name) or environment.get(name + SUFFIX))


def is_here(name: str) -> bool:
    """Return True if one of NAMES is set, as a value or as an existing file.

    Containers of one installation get the names of all files, and only some of the files.
    """
    path = os.environ.get(name + SUFFIX)
    return bool(os.environ.get(name) or (path and os.path.exists(path)))  # noqa: PTH110 - raises nothing


def _read(variable: str, path: str, patience: float) -> str:
    try:
        content = plain.read(path, LARGEST + 1, patience=patience)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or first_line(error)
        raise UnusableSecretFile(f"{variable}: {path} cannot be read ({reason})") from None
    if len(content) > LARGEST:
        raise UnusableSecretFile(f"{variable}: {path} is too large for a secret")
    content = content.removeprefix(BOM_UTF8).removesuffix(b"\n").removesuffix(b"\r")
    if not content or b"\0" in content:
        raise UnusableSecretFile(f"{variable}: {path} is {'not text' if content else 'empty'}")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UnusableSecretFile(f"{variable}: {path} is not text in UTF-8") from None
