"""What training asks of the network, by kind of sample.

Phantoms have a truth: maps, amounts and their deviation learn it. Real skin has none, but what was
done to it is known: signs that were added must be seen as added and no other sign may move; under
a smoothing filter pores and lines may not grow; one place of one person is the same at rest and
when smiling, but for its lines; pigment alone changes no sign. Two cameras must agree about one
phantom.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from models.batches import Batch
from models.phantoms.phantom import SIGNS
from models.samples import ADDED, PERSON, PHANTOM, SMOOTHED, TONED

# Deviation of the maps in the phantoms, in the order of SIGNS
SPREAD = np.array([0.15, 0.20, 0.12, 0.10, 0.25, 0.20, 0.10], np.float32)
SMOOTHED_SIGNS = np.array([s in ("lines", "pores") for s in SIGNS], np.float32)
STEADY_SIGNS = np.array([s != "lines" for s in SIGNS], np.float32)  # a smile moves lines
PAIR, ADDITION, SMOOTHING, AGREEMENT, PIGMENT, VEIL, PULL = 0.5, 6.0, 4.0, 2.0, 6.0, 0.3, 10.0
LEAK, NOTHING = 1.0, 0.02  # weight on signs whose added amount, 0–1, is below the second
LEAST_SKIN = 0.4  # share of a place that must be skin
FILTER = 2  # channel of VEILS


def _mean(values: tf.Tensor, kept: tf.Tensor, axes: list[int] | None = None) -> tf.Tensor:
    return tf.reduce_sum(values * kept, axes) / (tf.reduce_sum(kept, axes) + 1e-3)


def losses(
    said: Mapping[str, tf.Tensor], batch: Batch, weight: tf.Tensor, pull: tf.Tensor
) -> dict[str, tf.Tensor]:
    """The loss, "total", with its parts; `batch` holds tensors.

    `weight` and `pull`, (2 n, 7), are of `models.tones.Balance`. "error" and "absolute", (2 n, 7),
    are the mean errors of the amounts where "known", (2 n,), is 1.
    """
    place = tf.cast(batch.amount_skin > LEAST_SKIN, tf.float32)[..., None]
    of = {k: tf.cast(tf.equal(batch.kind, float(k)), tf.float32)[:, None, None, None]
          for k in (PHANTOM, ADDED, SMOOTHED, PERSON, TONED)}  # fmt: skip
    count = tf.cast(tf.shape(batch.kind)[0], tf.float32)
    cells = count * float(np.prod(batch.amount.shape[1:]))
    map_cells = count * float(np.prod(batch.visible.shape[1:]))
    weighed = weight[:, None, None, :]

    # Phantoms: the truth
    heat = tf.clip_by_value(said["heat"], 1e-4, 1 - 1e-4)
    entropy = -(batch.visible * tf.math.log(heat) + (1 - batch.visible) * tf.math.log(1 - heat))
    # Sparse signs (pores, lines) have small maps: each sign counts by its own spread
    apart = tf.square(said["heat"] - batch.visible) / tf.constant(SPREAD**2)
    skin = batch.skin[..., None]
    maps = tf.reduce_sum(of[PHANTOM] * skin * weighed * (0.5 * entropy + 0.5 * apart)) / map_cells
    kept = of[PHANTOM] * place
    error = said["amount"] - batch.amount
    log_variance = tf.clip_by_value(said["log_variance"], -7.0, 1.0)
    likelihood = tf.square(error) * tf.exp(-log_variance) + log_variance
    amounts = (
        tf.reduce_sum(kept * (weighed * 2 * tf.abs(error) + 0.15 * likelihood))
        + PULL * 2 * tf.reduce_sum(kept * pull[:, None, None, :] * error)
    ) / cells
    first, second = said["amount"][::2], said["amount"][1::2]
    both = place[::2] * place[1::2]
    pair = tf.reduce_sum(kept[::2] * both * weighed[::2] * tf.abs(first - second)) / cells

    # Added to real skin: 1 − amount falls by the factor that belongs to what was added
    expected = 1 - (1 - tf.stop_gradient(first)) * (1 - batch.amount[1::2])
    # What was not added counts twice: no sign may pass for another
    counts = 1 + LEAK * tf.cast(batch.amount[1::2] < NOTHING, tf.float32)
    done = tf.reduce_sum(of[ADDED][::2] * both * counts * tf.abs(second - expected)) / cells
    before = tf.stop_gradient(said["heat"][::2])
    shown = 1 - (1 - before) * (1 - batch.visible[1::2])
    both_skin = skin[::2] * skin[1::2]
    drawn = tf.square(said["heat"][1::2] - shown) / tf.constant(SPREAD**2)
    added = done + 0.25 * tf.reduce_sum(of[ADDED][::2] * both_skin * drawn) / map_cells

    # Smoothed: neither pores nor lines more than before, and less where much was smoothed away
    strength = tf.maximum(batch.veil[1::2, ..., FILTER:], 0.0)
    most = tf.stop_gradient(first) * (1 - 0.4 * strength)
    risen = tf.nn.relu(second - most) * tf.constant(SMOOTHED_SIGNS)
    smoothed = tf.reduce_sum(of[SMOOTHED][::2] * both * risen) / cells

    # One place of one person: the means over the patch agree
    means = [_mean(a, place[i::2], [1, 2]) for i, a in enumerate((first, second))]
    agreement = tf.abs(means[0] - means[1]) * tf.constant(STEADY_SIGNS)
    person = tf.reduce_sum(of[PERSON][::2, 0, 0] * agreement) / (count * len(SIGNS))

    # Another melanin over the same skin: maps and amounts stay
    moved = tf.square(said["heat"][1::2] - said["heat"][::2]) / tf.constant(SPREAD**2)
    toned = (
        tf.reduce_sum(of[TONED][::2] * both * tf.abs(second - first)) / cells
        + 0.25 * tf.reduce_sum(of[TONED][::2] * both_skin * moved) / map_cells
    )

    known = tf.cast(batch.veil >= 0, tf.float32) * place
    truth = tf.clip_by_value(batch.veil, 0.0, 1.0)
    veil = tf.clip_by_value(said["veil"], 1e-4, 1 - 1e-4)
    hidden = -(truth * tf.math.log(veil) + (1 - truth) * tf.math.log(1 - veil))
    veils = _mean(hidden, known)
    return {
        "total": maps
        + amounts
        + PAIR * pair
        + ADDITION * added
        + SMOOTHING * smoothed
        + AGREEMENT * person
        + PIGMENT * toned
        + VEIL * veils,
        "maps": maps,
        "amounts": amounts,
        "pair": pair,
        "added": added,
        "smoothed": smoothed,
        "person": person,
        "toned": toned,
        "veils": veils,
        "error": _mean(error, place, [1, 2]),
        "absolute": _mean(tf.abs(error), place, [1, 2]),
    }
