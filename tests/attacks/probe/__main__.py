"""`python -m tests.attacks.probe SCRIPT --port PORT`: server.py with another script."""

from __future__ import annotations

import sys
from pathlib import Path

import server

if __name__ == "__main__":
    server.main(sys.argv[2:], script=Path(sys.argv[1]))
