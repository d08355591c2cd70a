"""The network: fully convolutional, from nine channels of log light to maps and amounts.

Trained on patches, run once over the part of the aligned crop that shows skin. About 0.45 million
parameters; 5.9 thousand multiplications with addition for each pixel.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from models.normalise import CHANNELS, SEEN
from models.phantoms.phantom import SIGNS

KINDS = len(SIGNS)
VEILS = ("hair", "make_up", "filter")  # what hides skin
WIDTHS = (24, 32, 64, 96)  # channels at strides 2, 4, 8 and 16
TONE = 16  # features of the face's own colour


@keras.saving.register_keras_serializable(package="skincare")
class Double(layers.Layer):  # type: ignore[misc]
    """Each pixel becomes four, whatever the picture's size.

    In LiteRT `UpSampling2D` keeps the size it was converted with; this layer follows the picture,
    so that one file serves faces of every width.
    """

    def call(self, x: Any) -> Any:
        return tf.nn.depth_to_space(tf.concat([x] * 4, -1), 2)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        n, height, width, channels = shape
        return n, height and 2 * height, width and 2 * width, channels


@keras.saving.register_keras_serializable(package="skincare")
class Seen(layers.Layer):  # type: ignore[misc]
    """The channels of the picture itself."""

    def call(self, x: Any) -> Any:
        return x[..., :SEEN]

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return *shape[:-1], SEEN


@keras.saving.register_keras_serializable(package="skincare")
class Own(layers.Layer):  # type: ignore[misc]
    """The face's own colour, the same everywhere, at every `step`-th pixel."""

    def __init__(self, step: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step = step

    def call(self, x: Any) -> Any:
        return x[:, :: self.step, :: self.step, SEEN:]

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        n, height, width, channels = shape
        coarse = [side and -(-side // self.step) for side in (height, width)]
        return n, coarse[0], coarse[1], channels and channels - SEEN

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "step": self.step}


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
    x = Double()(_conv(coarse, width, 1))
    return _conv(layers.Add()([x, fine]), width)


def build(
    height: int | None = None, width: int | None = None, widths: tuple[int, ...] = WIDTHS
) -> keras.Model:
    """A model from (n, height, width, 9) to a dictionary of four outputs.

    `heat` (n, h/4, w/4, 7) 0–1: where; `amount` (n, h/16, w/16, 7) 0–1: how much around each
    point; `log_variance`, same shape: of the amount's error; `veil` (n, h/16, w/16, 3) 0–1:
    probability that VEILS hide the skin here. Height and width are multiples of 16.
    """
    w2, w4, w8, w16 = widths
    picture = keras.Input((height, width, CHANNELS), name="picture")
    # How dark the skin is decides how much of a sign shows: it joins where amounts are made of
    # what is seen, since there it is little more than an addend
    tone = layers.Conv2D(TONE, 1, activation="relu", name="tone")
    tone4, tone16 = tone(Own(4)(picture)), tone(Own(16)(picture))
    x = _conv(Seen()(picture), w2, 4, 2)
    at4 = _block(_conv(x, w4, 3, 2), w4)
    at8 = _block(_conv(at4, w8, 3, 2), w8)
    at16 = _block(_conv(at8, w16, 3, 2), w16)
    fine = _up(_up(at16, at8, w8), at4, w4)
    heat = layers.Conv2D(KINDS, 1, activation="sigmoid", name="heat")(
        layers.Concatenate()([fine, tone4])
    )

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
    z = layers.Concatenate()([_conv(near, w16, 1), around, tone16])
    z = layers.Concatenate()([_conv(z, w16, 1), tone16])
    amount = layers.Conv2D(KINDS, 1, activation="sigmoid", name="amount")(z)
    log_variance = layers.Conv2D(KINDS, 1, name="log_variance")(z)
    veil = layers.Conv2D(len(VEILS), 1, activation="sigmoid", name="veil")(z)
    outputs = {"heat": heat, "amount": amount, "log_variance": log_variance, "veil": veil}
    return keras.Model(picture, outputs, name="skin")


def take_over(model: keras.Model, earlier: keras.Model) -> int:
    """Start `model` from an `earlier` one; gives the number of layers taken over.

    Layers of the same kind and shape, in order, and outputs of the same name and shape. A
    convolution that now has more inputs, behind those it had, begins with no weight on them.
    """
    taken = 0
    old = [layer for layer in earlier.layers if layer.get_weights()]
    new = [layer for layer in model.layers if layer.get_weights()]
    by_name = {*model.output_names, "tone"}
    named = {layer.name: layer for layer in old if layer.name in by_name}
    old = [layer for layer in old if layer.name not in named]
    for layer in new:
        by_order = layer.name not in by_name
        source = (old.pop(0) if old else None) if by_order else named.get(layer.name)
        if source is None or type(source).__name__ != type(layer).__name__:
            continue
        weights = [
            _widened(w, like.shape)
            for w, like in zip(source.get_weights(), layer.get_weights(), strict=True)
        ]
        if [w.shape for w in weights] == [w.shape for w in layer.get_weights()]:
            layer.set_weights(weights)
            taken += 1
    return taken


def _widened(kernel: Any, shape: tuple[int, ...]) -> Any:
    """A convolution's `kernel`, (h, w, inputs, outputs), with zeros for inputs that it lacks."""
    if len(shape) != 4 or kernel.ndim != 4 or kernel.shape[2] >= shape[2]:
        return kernel
    return np.pad(kernel, ((0, 0), (0, 0), (0, shape[2] - kernel.shape[2]), (0, 0)))
