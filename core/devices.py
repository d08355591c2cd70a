"""What a browser calls itself, in words a person recognises."""

from __future__ import annotations

import re

from core.analytics import Device

# The first that fits: many browsers also name those whose engine they share.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"Linux|X11", "Linux"),
)


def device(user_agent: str) -> str:
    """As in “Firefox on Windows”. Only words of ours, whatever the browser sent."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A browser"


def kind(user_agent: str) -> Device:
    """What it runs on; whatever is no browser that we know is a program."""
    system = _first(_SYSTEMS, user_agent)
    if _first(_BROWSERS, user_agent) is None or system is None:
        return Device.PROGRAM
    if system == "iPad" or (system == "Android" and "Mobile" not in user_agent):
        return Device.TABLET
    return Device.PHONE if system in ("iPhone", "Android") else Device.COMPUTER


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for pattern, name in names if re.search(pattern, text)), None)
