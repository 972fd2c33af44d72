"""The sites and the builds of the Munki repo, for programs."""

from collections.abc import Sequence

from pydantic import BaseModel

from provisioning.access.programs.models import READ
from server.api.v1.frame.routes import Answer, Call, Route


class Site(BaseModel):
    """A site: its name, as it is sent, and its title for people."""

    name: str
    title: str


class Build(BaseModel):
    """A build: its name, as it is sent, and its title for people."""

    name: str
    title: str


class Sites(BaseModel):
    """The sites that a token reaches; empty where the repo has no such kind."""

    items: list[Site]


class Builds(BaseModel):
    """The builds; empty where the repo has no such kind."""

    items: list[Build]


def list_sites(call: Call) -> Answer[Sites]:
    """The sites to which Macs can be sent and that the token reaches."""
    policy, token = call.dependencies.policy.policy, call.caller.token
    names = filter(token.reaches, call.dependencies.repo.now().sites())
    return Answer(Sites(items=[Site(name=name, title=policy.title_of(name)) for name in names]))


def list_builds(call: Call) -> Answer[Builds]:
    """All builds that Macs can become."""
    policy = call.dependencies.policy.policy
    names = call.dependencies.repo.now().builds()
    found = [Build(name=name, title=policy.build(name).title or name) for name in names]
    return Answer(Builds(items=found))


ROUTES: Sequence[Route] = [
    Route("GET", "/sites", list_sites, READ, tag="places"),
    Route("GET", "/builds", list_builds, READ, tag="places"),
]
