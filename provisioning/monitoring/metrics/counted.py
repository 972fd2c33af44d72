"""The metrics that processes count, with their labels and, of histograms, the bounds of buckets."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0  # seconds
_MOMENTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # as is usual
_WAITS = (
    *(5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR),
    *(DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 28 * DAY),
)
OF_SITES = ("site",)  # labels of which there may be too many


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: that is the fastest to look up
class Counted:
    """A metric: a counter, or a histogram of seconds where it has `bounds`, which are rising."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets of a histogram by their bounds, as the label `le` has them."""
        return (*map(str, self.bounds), "+Inf")


REQUESTS = Counted("rollcall_requests", "Requests answered.", ("method", "route", "status"))
REQUEST_SECONDS = Counted(
    "rollcall_request_seconds", "Time to answer a request.", ("method", "route"), _MOMENTS
)
REFUSALS = Counted(
    "rollcall_refusals", "Callers refused for their credentials, or slowed.", ("reason",)
)
FIRST_BOOTS = Counted("rollcall_first_boots", "First boots confirmed.", OF_SITES)
PRESTAGED = Counted(
    "rollcall_prestaged", "Macs whose manifest was written before they booted.", OF_SITES
)
CONFIRMATION_SECONDS = Counted(
    "rollcall_confirmation_seconds",
    "Time from a Mac's registration to its first boot.",
    bounds=_WAITS,
)
DELIVERIES = Counted(
    "rollcall_deliveries", "Attempts to deliver a message to Slack.", ("kind", "outcome")
)
JOBS = Counted("rollcall_jobs_run", "Jobs run.", ("kind", "outcome"))
REPO_SECONDS = Counted(
    "rollcall_repo_seconds", "Time for a call of the Munki repo.", ("backend", "call"), _MOMENTS
)
REPO_ERRORS = Counted(
    "rollcall_repo_errors",
    "Calls of the Munki repo for which it could not be used.",
    ("backend", "call"),
)

# All of the above, in their order: one that is missing here would be counted and never exported.
COUNTED = tuple(each for each in [*globals().values()] if isinstance(each, Counted))
