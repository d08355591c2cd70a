"""From scores, a person and the knowledge in data/knowledge to a routine with its reasons. Pure."""
