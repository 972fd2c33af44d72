"""Troubles of Rollcall, one in each hour of a quarter, beside the Macs that call."""

import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

import psutil

from tests.soak.day.house import AWAY, ROLES, House
from tests.support.running import attackers
from tests.support.running.attackers import Siege

Trouble = Callable[[House], AbstractContextManager[object]]
WITHOUT_END = 1_000_000
HANGING = 200  # connections


@contextmanager
def slack_is_down(house: House) -> Iterator[None]:
    """Slack takes no connection."""
    house.slack.faults.go_down()
    house.slack.drop_sockets(politely=False)
    yield
    house.slack.faults.come_back()


@contextmanager
def slack_limits(house: House) -> Iterator[None]:
    """Slack asks for twenty seconds of patience, again and again."""
    methods = ("chat.postMessage", "chat.update")
    house.slack.faults.respond_429(20, WITHOUT_END, methods=methods)
    yield
    house.slack.faults.clear()


@contextmanager
def repo_is_away(house: House) -> Iterator[None]:
    """The repo is not there."""
    away = house.rollcall.repo.with_name(AWAY)
    house.rollcall.repo.rename(away)
    yield
    away.rename(house.rollcall.repo)


@contextmanager
def disk_is_full(house: House) -> Iterator[None]:
    """No file of any process can become larger."""
    for role in ROLES:
        process = psutil.Process(house.rollcall.pid(role))
        for each in (process, *process.children(recursive=True)):
            _, hard = each.rlimit(psutil.RLIMIT_FSIZE)
            each.rlimit(psutil.RLIMIT_FSIZE, (1, hard))
    yield
    for role in ROLES:
        process = psutil.Process(house.rollcall.pid(role))
        for each in (process, *process.children(recursive=True)):
            each.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def connections_hang(house: House) -> Iterator[None]:
    """Clients send a byte a second, for ever."""
    with Siege(house.rollcall.port, attackers.SLOW_BODY, HANGING):
        yield


@contextmanager
def all_start_again(house: House) -> Iterator[None]:
    """Each process is stopped and started."""
    for role in ROLES:
        house.restart(role)
    yield


@contextmanager
def all_are_killed(house: House) -> Iterator[None]:
    """Each process dies, and is started."""
    for role in ROLES:
        house.kill(role)
    yield


@contextmanager
def clocks_run_ahead(house: House) -> Iterator[None]:
    """All processes start on a machine whose clock is twenty minutes ahead."""
    for role in ROLES:
        house.restart(role, clock="+20m")
    yield
    for role in ROLES:
        house.restart(role)


@contextmanager
def clocks_run_behind(house: House) -> Iterator[None]:
    """All processes start on a machine whose clock is ten minutes behind."""
    for role in ROLES:
        house.restart(role, clock="-10m")
    yield
    for role in ROLES:
        house.restart(role)


def nothing(_: House) -> AbstractContextManager[object]:
    """An hour as any other."""
    return nullcontext()


# The troubles of the hours of each quarter.
TROUBLES: Mapping[str, tuple[Trouble, ...]] = {
    "quiet": (nothing,) * 6,
    "slack": (nothing, slack_is_down, slack_limits, nothing, all_start_again, nothing),
    "ground": (nothing, repo_is_away, disk_is_full, nothing, connections_hang, nothing),
    "clocks": (nothing, clocks_run_ahead, clocks_run_behind, all_are_killed, nothing, nothing),
}
