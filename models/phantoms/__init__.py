"""Skin phantoms: pictures of skin whose every sign is known, because it was put there.

`phantom.render` draws one piece of skin from its parameters, `camera.shoot` photographs it.
Every component has its own random stream, so that sweeping one parameter changes nothing else.
"""

# Raise with every change that alters a picture or a label: manifests name it.
VERSION = "3"
