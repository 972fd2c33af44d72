"""The form of all values: text on one line, as a person types it.

Characters that libraries strip or ignore are accepted; only those that would fail later are
refused.
"""

import re
from pathlib import Path
from typing import get_args

from pydantic import AnyHttpUrl, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rollcall import secret_files

# Neither goes into a header or into a URL as it is, and without a blank it would be another one.
AS_THEY_ARE = frozenset({"ROLLCALL_DATABASE_PASSWORD", "ROLLCALL_SECRET_KEY"})
TYPED = frozenset(
    {"BOOTSTRAP_USERNAME", "BOOTSTRAP_PASSWORD", "ROLLCALL_SIGN_IN_NAME_BIND_PASSWORD"}
)
LISTS = frozenset({"ROLLCALL_ALERT_MAIL", "ROLLCALL_REPORT_KEYS"})
PLACES = frozenset(
    {"MUNKI_REPO", "ROLLCALL_DATABASE_URL", "ROLLCALL_POLICY", "ROLLCALL_TEMPLATES"}
    | {"ROLLCALL_REPO_COPY"}
)
# Values in which a blank at an end is hardly ever meant, and leads to another file or another key.
_WITHOUT_BLANKS = (
    (secret_files.NAMES | secret_files.PATTERNS)
    - AS_THEY_ARE
    - TYPED
    - LISTS
    - {"ROLLCALL_MAIL_FROM"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"[\r\n]")


class TextSettings(BaseSettings):
    """Settings whose values are text on one line."""

    # Built when they are read: a process reads one kind, and each takes milliseconds of its start.
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, defer_build=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_one_line(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[info.field_name or ""]
        if {int, AnyHttpUrl} & {field.annotation, *get_args(field.annotation)}:
            return value  # which are read without the white space around them
        for text in value.values() if isinstance(value, dict) else (value,):
            if isinstance(text, str):
                _check(field.alias or "", text)
        return value


def _check(name: str, text: str) -> None:
    """Raise ValueError for a value that libraries would refuse later."""
    if text and not text.strip():
        raise ValueError("it has nothing but blanks in it")
    if not text.isascii() and not _is_unicode(text) and not (name in PLACES and _is_there(text)):
        raise ValueError(
            "it has bytes in it that are no UTF-8: save the file that it is from as UTF-8"
        )
    is_strange = _CONTROL.search(text) or text != text.strip()
    if not is_strange or name in AS_THEY_ARE or (name in PLACES and _is_there(text)):
        return
    if name in LISTS:
        text = ",".join(each.strip() for each in text.split(","))
    if name == "ROLLCALL_SMTP_URL":
        text = text.strip("\r\n")
    if (_LINE_END if name in TYPED else _CONTROL).search(text):
        raise ValueError(
            "it has a line's end, a tab or another control character in it: is it from a file with "
            "the line ends of Windows?"
        )
    if name in _WITHOUT_BLANKS and text != text.strip():
        raise ValueError("it begins or ends with a blank")


def _is_unicode(text: str) -> bool:
    """False where it has bytes that the system's encoding does not know, which Python keeps."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_there(place: str) -> bool:
    """Return True if a file or a folder has exactly this name, which is then accepted."""
    from infrastructure.database.sqlite.sqlite_files import path_of

    return Path(path_of(place) or place).exists()
