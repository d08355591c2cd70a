"""The routine that a person follows, what they tick and note, and the brake."""
