"""CVE-2025-68475: a pattern that takes exponential time. Every pattern of the house meets what makes bad ones slow."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from typing import Any

import regex

import salledepause
from tests.security.estate import Estate
from tests.support.house import House

SIZE = 1500
"""Characters: at this size a cubic pattern takes seconds, a linear one microseconds."""
UNITS = ("a", "1", "_", "-a", "a.", "a-", " ", "\n\t", "@a", "#", ":a", "<a ", "&a=", "[a]", "(", "e\u0301", "%", "\U0001f1eb")
ENDS = (("", "!"), ("https://", "\x00"), ("@a@", "@"), ("a=", "\n"))
SLOWEST = 0.1
"""Seconds of processor."""


def patterns() -> dict[str, Any]:
    """Return every compiled pattern that a module of the house holds, by its name."""
    found: dict[str, Any] = {}
    for info in pkgutil.walk_packages(salledepause.__path__, "salledepause."):
        if not info.name.endswith("__main__"):
            held = vars(importlib.import_module(info.name))
            found |= {f"{info.name}.{name}": one for name, one in held.items() if isinstance(one, re.Pattern | regex.Pattern)}
    return found


def seconds(pattern: Any, text: str) -> float:
    typed = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    pattern.fullmatch(typed)
    pattern.search(typed)
    return time.process_time() - began


def test_no_pattern_explodes() -> None:
    held = patterns()
    assert len(held) > 20
    texts = [start + unit * (SIZE // len(unit)) + tail for unit in UNITS for start, tail in ENDS]
    slow = [
        f"{name} on {text[:20]!r}"
        for name, pattern in held.items()
        for text in texts
        if seconds(pattern, text) > SLOWEST and min(seconds(pattern, text) for _ in range(2)) > SLOWEST
    ]
    assert not slow


BIG = 200_000
TEXTS = (
    ("POST", "/api/v1/statuses", "status"),
    ("POST", "/api/v1/statuses", "language"),
    ("PATCH", "/api/v1/accounts/update_credentials", "note"),
    ("PATCH", "/api/v1/accounts/update_credentials", "attribution_domains"),
    ("POST", "/api/v1/lists", "title"),
    ("POST", "/api/v1/featured_tags", "name"),
    ("POST", "/api/v1/reports", "comment"),
    ("POST", "/api/v1/apps", "redirect_uris"),
    ("POST", "/api/v1/apps", "scopes"),
    ("GET", "/api/v1/accounts/lookup", "acct"),
    ("GET", "/api/v1/accounts/search", "q"),
    ("GET", "/api/v2/search", "q"),
)


async def test_no_text_of_a_request_keeps_a_processor_busy(house: House, estate: Estate) -> None:
    slow = []
    for method, path, name in TEXTS:
        for unit in UNITS[::3]:
            text = unit * ((BIG if method != "GET" else 4000) // len(unit))
            given: dict[str, Any] = {"params": {name: text}} if method == "GET" else {"json": {name: text}}
            began = time.process_time()
            await house.call(method, path, estate.ada, **given)
            if time.process_time() - began > 1:
                slow.append(f"{path} {name} {unit!r}: {time.process_time() - began:.1f} s")
    assert not slow
