"""The statistics for programs: the numbers of `/mac stats` and of the board."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import OutsideToken
from provisioning.monitoring import statistics
from provisioning.monitoring.figures import WaitingTimes
from provisioning.monitoring.statistics import MAX_WEEKS, WEEKS
from server.api.v1.frame.errors import Invalid
from server.api.v1.frame.routes import Answer, Call, Name, RequestModel, Resource, Route


class StatisticsQuery(RequestModel):
    """A question for the last weeks."""

    weeks: Annotated[int, Field(ge=1, le=MAX_WEEKS, description="How many weeks.")] = WEEKS
    site: Annotated[
        Name | None, Field(description="One site alone, spelled as the list of sites does.")
    ] = None


class Day(Resource):
    """The Macs of a site on a day; `unconfirmed` of the `registered` ones wait to this moment."""

    day: date
    site: str
    registered: int
    confirmed: int
    unconfirmed: int


class Wait(BaseModel):
    """The waits from registration to confirmation of `macs` Macs, in seconds.

    `day` is that of their confirmation; nine of ten waited no longer than `ninetieth`.
    """

    day: date | None
    macs: int
    median: float
    ninetieth: float


class Statistics(BaseModel):
    """Numbers from the day `since` on. Days without a Mac are left out; `overall` is of all."""

    since: date
    until: date
    days: list[Day]
    waits: list[Wait]
    overall: Wait | None


def get_statistics(call: Call, query: StatisticsQuery) -> Answer[Statistics]:
    """Macs registered and confirmed by day and site, and how long they waited.

    A token of certain sites has to name one of them, letter by letter.
    """
    token = call.caller.token
    if query.site is None and token.sites is not None:
        raise Invalid([{"at": "site", "why": "name one of the sites that this token reaches"}])
    if query.site is not None and not token.reaches(query.site):
        raise OutsideToken
    policy = call.dependencies.policy.policy
    with call.database.reading(long=True) as session:
        figures = statistics.of_weeks(
            session, policy, weeks=query.weeks, site=query.site, now=call.at
        )
    return Answer(
        Statistics(
            since=figures.days[0],
            until=figures.days[-1],
            days=[Day.model_validate(each) for each in figures.counts],
            waits=[_wait(each) for each in figures.waits],
            overall=_wait(figures.overall) if figures.overall else None,
        )
    )


def _wait(times: WaitingTimes) -> Wait:
    return Wait(day=times.day, macs=times.count, median=times.median, ninetieth=times.ninetieth)


ROUTES: Sequence[Route] = [
    Route("GET", "/statistics", get_statistics, READ, (OutsideToken,), tag="statistics")
]
