"""A mail server that takes what comes, and people whose address is confirmed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mail_sink import Sink, mail_goes_to
from tests.mail_sink import sink as started


@pytest.fixture
def sink() -> Iterator[Sink]:
    with started() as kept, mail_goes_to(kept.port):
        yield kept
