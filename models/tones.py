"""Errors by skin tone during training, and how much each tone counts therefore.

Like group DRO (Sagawa et al., ICLR 2020), smoothed and bounded: the tones with the largest errors
weigh more, so that errors come together. And what is systematic (a tone whose lines are read too
low on average) is pulled back, since it would make scores follow tone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.phantoms.phantom import SIGNS

Floats = npt.NDArray[np.float32]

EDGES = (-30.0, 10.0, 28.0, 41.0, 55.0)  # ITA in degrees between the six bins (Del Bino 2013)
BINS = len(EDGES) + 1
MEMORY = 0.99  # of the running means, for each batch
POWER = 3.0  # how steeply the weight rises with the error
LEAST, MOST = 0.4, 3.0  # weights


def bins_of(tone: Floats) -> npt.NDArray[np.int64]:
    """Number of the bin, 0 (darkest) to 5, of ITA in degrees."""
    return np.digitize(tone, EDGES)


@dataclass
class Balance:
    """Running means of the amounts' errors, (6, 7), in units of 0–1."""

    error: Floats = field(default_factory=lambda: np.full((BINS, len(SIGNS)), 0.15, np.float32))
    bias: Floats = field(default_factory=lambda: np.zeros((BINS, len(SIGNS)), np.float32))

    def weights(self, tone: Floats) -> Floats:
        """How much each picture counts for each sign, (n, 7), around 1."""
        relative = (self.error / self.error.mean(0)) ** POWER
        bounded = np.clip(relative / relative.mean(0), LEAST, MOST)
        return np.asarray(bounded[bins_of(tone)], np.float32)

    def pull(self, tone: Floats) -> Floats:
        """Systematic error of each picture's tone, (n, 7): it is to go to 0."""
        return np.asarray(self.bias[bins_of(tone)], np.float32)

    def learn(self, tone: Floats, error: Floats, absolute: Floats) -> None:
        """Take in the mean signed and absolute errors of n pictures, (n, 7) each."""
        for number in np.unique(bins_of(tone)):
            here = bins_of(tone) == number
            # A bin with few pictures in this batch moves its mean less
            share = np.float32((1 - MEMORY) * here.sum() * BINS / len(tone))
            self.error[number] += share * (absolute[here].mean(0) - self.error[number])
            self.bias[number] += share * (error[here].mean(0) - self.bias[number])
