"""The form of all values: text on one line, as a person types it."""

import re
from typing import Any

from pydantic import ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rollcall import secret_files

ANY_TEXT = "ROLLCALL_DATABASE_PASSWORD"  # it goes neither into a header nor into a URL as it is
# Values in which a blank at an end is hardly ever meant, and leads to another file or another key.
_WITHOUT_BLANKS = (secret_files.NAMES | secret_files.PATTERNS) - {
    *(ANY_TEXT, "BOOTSTRAP_PASSWORD", "ROLLCALL_SIGN_IN_NAME_BIND_PASSWORD"),
    *("ROLLCALL_ALERT_MAIL", "ROLLCALL_MAIL_FROM", "ROLLCALL_REPORT_KEYS"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class TextSettings(BaseSettings):
    """Settings whose values are text on one line."""

    # Built when they are read: a process reads one kind, and each takes milliseconds of its start.
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, defer_build=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_one_line(cls, value: Any, field: ValidationInfo) -> Any:
        name = cls.model_fields[field.field_name or ""].alias or ""
        for text in value.values() if isinstance(value, dict) else (value,):
            if isinstance(text, str):
                _check(name, text)
        return value


def _check(name: str, text: str) -> None:
    """Raise ValueError for what libraries would refuse later, with the value in their words."""
    if name != ANY_TEXT and _CONTROL.search(text):
        raise ValueError(
            "it has a line's end, a tab or another control character in it: is it from a file with "
            "the line ends of Windows?"
        )
    if name in _WITHOUT_BLANKS and text != text.strip():
        raise ValueError("it begins or ends with a blank")
