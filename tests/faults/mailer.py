"""A process that sends what waits in the outbox until it is ended; `python -m tests.faults.mailer`.

`--dies-before-commit`: it ends as by kill -9 when the server has taken its first mail.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from core import log as logs
from data import mail
from pipeline.mail import sending


def main() -> None:
    logs.configure("mailer")
    if "--dies-before-commit" in sys.argv:
        mail.sent = _die  # type: ignore[assignment]
    while True:
        sending.send_due()
        time.sleep(0.05)


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
