"""A real worker with an examiner of the test's choice: `python -m tests.faults.worker NAME`."""

from __future__ import annotations

import sys

from pipeline.worker import main

if __name__ == "__main__":
    sys.exit(main(f"tests.stand_in:{sys.argv[1]}"))
