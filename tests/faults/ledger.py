"""What a client sent and was promised, and whether it is there afterwards.

A client writes down every upload before it is sent, and every answer. Whatever happens meanwhile,
`compare` then asks database and photo store: an acknowledged photo exists and is the one that was
sent (I1), no upload has two checks (I2), no object is without a row (I6).
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select

from data import analyses, photos, vault
from data.database import read
from data.tables import AnalysisResult
from data.vault import Kept
from pipeline.photo import open_stored
from tests.stand_in import photo_that

PATIENCE = 60.0  # seconds that a client waits for an answer; none may be without one
OVERLOAD = frozenset({429, 503, 507})  # what may be answered instead of an acknowledgement


@dataclass
class Upload:
    """One photo under one Idempotency-Key."""

    content: bytes
    key: str = field(default_factory=lambda: str(uuid4()))
    answers: list[int] = field(default_factory=list)  # statuses; 0: the connection broke
    seconds: list[float] = field(default_factory=list)
    acknowledged: UUID | None = None


@dataclass(frozen=True)
class Compared:
    """What became of the uploads."""

    requests: int
    acknowledged: int
    lost: int  # acknowledged, and not there as it was sent
    doubled: int  # checks beyond one for an upload
    statuses: Counter[int]


class Client:
    """Somebody with a token who uploads photos and remembers each."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.uploads: list[Upload] = []
        self._http = httpx.Client(base_url=f"{address}/api/v1", timeout=PATIENCE)
        answer = self._http.post("/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self.email = email
        self._token = str(answer.json()["access_token"])

    def close(self) -> None:
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        return self._http.get(path, headers={"Authorization": f"Bearer {self._token}"})

    def leave(self, password: str, *, at_once: bool) -> int:
        """Close the account; the status."""
        return self._http.request(
            "DELETE",
            "/users/me",
            params={"erase": "now"} if at_once else {},
            json={"password": password},
            headers={"Authorization": f"Bearer {self._token}"},
        ).status_code

    def upload(self, seed: int) -> Upload:
        """A photo of its own, sent once."""
        upload = Upload(photo_that("is scored", seed=seed))
        self.uploads.append(upload)
        self.send(upload)
        return upload

    def send(self, upload: Upload) -> int:
        """Send it, perhaps once more; the status, 0 when the connection broke."""
        began = time.monotonic()
        try:
            answer = self._http.post(
                "/analysis",
                files={"photos": ("face.png", upload.content, "image/png")},
                headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": upload.key},
            )
        except httpx.TimeoutException:
            raise AssertionError(f"an upload hung for {PATIENCE} s") from None
        except httpx.TransportError:
            status = 0
        else:
            status = answer.status_code
            if status in (200, 202):
                told = UUID(answer.json()["id"])
                assert upload.acknowledged in (None, told), "the same key gave another check"
                upload.acknowledged = told
        upload.answers.append(status)
        upload.seconds.append(time.monotonic() - began)
        return status

    @contextmanager
    def uploading(self, *, pause: float = 0.2, threads: int = 2) -> Iterator[None]:
        """Uploads meanwhile, one after the other in each thread; all are answered at the end."""
        stop = threading.Event()
        broken: list[BaseException] = []

        def work(number: int) -> None:
            seed = 100_000 * (number + 1) + len(self.uploads)
            while not stop.is_set():
                seed += 1
                try:
                    taken = self.upload(seed).acknowledged
                except BaseException as error:
                    broken.append(error)
                    return
                stop.wait(pause if taken else 10 * pause)

        working = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for thread in working:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in working:
                thread.join()
        assert not broken, broken

    def send_again(self, seconds: float = 60.0) -> None:
        """What was not acknowledged is sent again under its key until it is."""
        for upload in self.uploads:
            ends = time.monotonic() + seconds
            while upload.acknowledged is None:
                assert time.monotonic() < ends, f"not healed: {upload.answers}"
                if self.send(upload) not in (200, 202):
                    time.sleep(0.3)

    def compare(self, user_id: UUID) -> Compared:
        """Every upload against what database and photo store hold."""
        lost = 0
        with read() as session:
            for upload in self.uploads:
                row = analyses.by_idempotency_key(session, user_id, upload.key)
                if upload.acknowledged is None:
                    continue
                if row is None or row.id != upload.acknowledged:
                    lost += 1
                    continue
                (photo,) = photos.of_check(session, user_id, row.id)
                is_it = photo.sha256 == hashlib.sha256(upload.content).hexdigest()
                kept = vault.read(session, user_id, Kept(photo.object_key, photo.wrapped_key))
                lost += not is_it or open_stored(kept).pixels.shape != (400, 300, 3)
            checks = session.scalar(
                select(func.count())
                .select_from(AnalysisResult)
                .where(AnalysisResult.user_id == user_id)
            )
        statuses = Counter(status for upload in self.uploads for status in upload.answers)
        acknowledged = sum(upload.acknowledged is not None for upload in self.uploads)
        return Compared(
            requests=statuses.total(),
            acknowledged=acknowledged,
            lost=lost,
            doubled=max(0, (checks or 0) - len(self.uploads)),
            statuses=statuses,
        )


def healed(is_so: Callable[[], bool], seconds: float = 60.0) -> float:
    """Wait until it is so; after how many seconds. I8: within a minute."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not healed within {seconds} s"
        time.sleep(0.2)
    return time.monotonic() - began
