"""The network: fully convolutional, from seven channels of log light to maps and amounts.

Trained on patches, run once over the whole aligned crop. About 0.6 million parameters.
"""

from __future__ import annotations

import keras
from keras import layers

from models.normalise import CHANNELS
from models.phantoms.phantom import SIGNS

KINDS = len(SIGNS)
WIDTHS = (24, 32, 64, 96)  # channels at strides 2, 4, 8 and 16


def _conv(x: object, width: int, size: int = 3, stride: int = 1) -> object:
    x = layers.Conv2D(width, size, stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.97)(x)
    return layers.ReLU()(x)


def _block(x: object, width: int) -> object:
    y = _conv(x, width)
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.97)(y)
    return layers.ReLU()(layers.Add()([x, y]))


def _up(coarse: object, fine: object, width: int) -> object:
    x = _conv(coarse, width, 1)
    x = layers.UpSampling2D(2, interpolation="nearest")(x)
    return _conv(layers.Add()([x, fine]), width)


def build(
    height: int | None = None, width: int | None = None, widths: tuple[int, ...] = WIDTHS
) -> keras.Model:
    """A model from (n, height, width, 7) to a dictionary of three outputs.

    `heat` (n, h/4, w/4, 7) 0–1: where; `amount` (n, h/16, w/16, 7) 0–1: how much around each
    point; `log_variance`, same shape: of the amount's error.
    """
    w2, w4, w8, w16 = widths
    picture = keras.Input((height, width, CHANNELS), name="picture")
    x = _conv(picture, w2, 4, 2)
    at4 = _block(_conv(x, w4, 3, 2), w4)
    at8 = _block(_conv(at4, w8, 3, 2), w8)
    at16 = _block(_conv(at8, w16, 3, 2), w16)
    fine = _up(_up(at16, at8, w8), at4, w4)
    heat = layers.Conv2D(KINDS, 1, activation="sigmoid", name="heat")(fine)

    # How much: what is around, in the network's own maps and in its features
    near = layers.Concatenate()(
        [
            layers.AveragePooling2D(4)(heat),
            layers.AveragePooling2D(4)(fine),
            layers.AveragePooling2D(2)(at8),
            at16,
        ]
    )
    around = layers.AveragePooling2D(5, 1, padding="same")(near)
    z = layers.Concatenate()([_conv(near, w16, 1), around])
    z = _conv(z, w16, 1)
    amount = layers.Conv2D(KINDS, 1, activation="sigmoid", name="amount")(z)
    log_variance = layers.Conv2D(KINDS, 1, name="log_variance")(z)
    return keras.Model(
        picture, {"heat": heat, "amount": amount, "log_variance": log_variance}, name="skin"
    )
