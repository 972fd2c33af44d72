"""Settings of the retention: how many days rows are kept in tables that only grow."""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from infrastructure.text import whole_number
from rollcall.settings.common import Settings

if TYPE_CHECKING:
    from provisioning.maintenance.retention.periods import Retention

FOREVER: Literal["forever"] = "forever"
MAX_DAYS = 36_500  # days
# The doctor looks back for two weeks at manifests and at what was restored, an undo for minutes.
LEAST = {"keep_events": 30, "keep_revisions": 30, "keep_confirmations": 7, "keep_imports": 7}
Days: TypeAlias = int | Literal["forever"]


class RetentionSettings(Settings):
    """Settings of the retention of rows; registrations are never deleted."""

    keep_events: Days = Field(
        730,
        alias="ROLLCALL_KEEP_EVENTS",
        description="days for which the history of Macs is kept, or `forever`",
    )
    keep_revisions: Days = Field(
        365,
        alias="ROLLCALL_KEEP_REVISIONS",
        description="days for which former versions of manifests are kept, or `forever`",
    )
    keep_confirmations: Days = Field(
        90,
        alias="ROLLCALL_KEEP_CONFIRMATIONS",
        description="days for which confirmations and other messages are kept that Slack has, or "
        "`forever`",
    )
    keep_imports: Days = Field(
        90,
        alias="ROLLCALL_KEEP_IMPORTS",
        description="days for which the rows of settled imports are kept, or `forever`",
    )

    @field_validator(*LEAST, mode="before")
    @classmethod
    def _are_days(cls, typed: object, field: ValidationInfo) -> Days:
        text, least = str(typed).strip().lower(), LEAST[str(field.field_name)]
        if text == FOREVER:
            return FOREVER
        days = whole_number(text)
        if days is not None and least <= days <= MAX_DAYS:
            return days
        raise ValueError(f"it has to be a number of days from {least} to {MAX_DAYS}, or {FOREVER}")

    @property
    def keeping(self) -> "Retention":
        """The times for which rows are kept."""
        from provisioning.maintenance.retention.periods import Retention

        days = (self.keep_events, self.keep_revisions, self.keep_confirmations, self.keep_imports)
        return Retention(*(None if each == FOREVER else timedelta(days=each) for each in days))
