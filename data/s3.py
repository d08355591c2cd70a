"""An S3 store behind `data.photo_store`: how it is opened, and its failures as OSErrors.

Imported only where SKINCARE_PHOTO_STORE begins with s3://: botocore takes a quarter of a second.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from typing import Any

import fsspec
from botocore.exceptions import BotoCoreError

from core.settings import settings

# A transaction waits for the object: whoever uploads hears of a store that is away in seconds.
_CONNECT_SECONDS = 3
_SILENCE_SECONDS = 10  # between two bytes
_TRIES = 2


def open_store(address: str) -> tuple[Any, str]:
    """The file system and the root in it, for example `photos/live` of `s3://photos/live`.

    What the settings leave empty, botocore finds as always: a role of the machine, ~/.aws.
    """
    given = settings()
    secret = given.aws_secret_access_key
    file_system, root = fsspec.core.url_to_fs(
        address,
        endpoint_url=given.s3_endpoint,
        key=given.aws_access_key_id,
        secret=secret.get_secret_value() if secret else None,
        client_kwargs={"region_name": given.aws_region},
        config_kwargs={
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": _SILENCE_SECONDS,
            "retries": {"total_max_attempts": _TRIES, "mode": "standard"},
        },
        max_concurrency=1,  # more would ask for each object's size before the object
        use_listings_cache=False,  # other machines write too
    )
    file_system.retries = 1  # botocore's tries are enough
    return file_system, str(root)


@contextlib.contextmanager
def as_os_errors() -> Iterator[None]:
    """What botocore raises becomes an OSError, and a missing bucket is not taken for a lost photo.

    s3fs translates answers of the server, and gives a missing bucket and a missing object the same
    FileNotFoundError.
    """
    try:
        yield
    except BotoCoreError as error:  # no connection, no credentials, no answer in time
        raise OSError(errno.EIO, str(error)) from error
    except FileNotFoundError as error:
        answer = getattr(error.__cause__, "response", {})
        if answer.get("Error", {}).get("Code") == "NoSuchBucket":
            raise OSError(errno.ENXIO, f"There is no such bucket: {error}") from error
        raise
