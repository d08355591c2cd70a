"""Trials on oneself: one change, checks before and after, a verdict with its probability."""
