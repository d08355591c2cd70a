"""What every photo store must do, wherever it keeps its objects."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from data.photo_store import PhotoStore, new_key


def put_get_replace_and_delete(store: PhotoStore) -> None:
    key = new_key()
    store.put(key, b"one")
    assert store.get(key) == b"one"
    store.put(key, b"two")
    assert store.get(key) == b"two"
    store.delete(key)
    with pytest.raises(NotFound):
        store.get(key)
    store.delete(key)  # no error
