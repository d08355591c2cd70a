"""Copies of everything the product keeps, for the day on which it is lost: made and restored."""
