"""What the web process answers besides pages: the session gate, its routes, health, headers."""
