"""Red flags: what is asked, what the answers raise, and what that stops. No score takes part."""
