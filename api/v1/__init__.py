"""The REST API, version 1: bearer tokens, JSON, one error shape."""
