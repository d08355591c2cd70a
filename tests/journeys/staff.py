"""Staff of a running product: a person is given a role where the product runs."""

from __future__ import annotations

import os
import subprocess
import sys

from core.settings import ROOT
from tests.running import Product


def make_staff(product: Product, email: str, role: str = "dermatologist") -> None:
    """As an administrator does it, beside the product that runs."""
    subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "grant", email, role],
        check=True,
        env={**os.environ, "SKINCARE_VAR": str(product.var), "SKINCARE_ENV_FILE": os.devnull},
        stdout=subprocess.DEVNULL,
        timeout=120,
    )
