"""Several web processes and machines: what a deployment does that one computer does not."""
