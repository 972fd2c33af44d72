"""Programs that hand Macs in, and the job runner that reads them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.server.api.v1.conftest import Program


@pytest.fixture
def hand_in(program: Program, work_all: Callable[[], None]) -> Callable[..., int]:
    """Hand Macs in, have them read, and return the number of their import."""

    def send(text: str = "", by: Program | None = None, **fields: Any) -> int:
        answer = (by or program).post("/imports", {"text": text, **fields})
        assert answer.status_code == 201, answer.text
        work_all()
        return int(answer.get_json()["id"])

    return send
