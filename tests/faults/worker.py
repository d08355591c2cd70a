"""A real worker with an examiner of the test's choice: `… tests.faults.worker MODULE:NAME`."""

from __future__ import annotations

import sys

from pipeline.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
