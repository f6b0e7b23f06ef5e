"""Structured logs: one JSON line an event on standard error, without addresses, user agents or people's words."""

from __future__ import annotations

import logging
import sys

import structlog

FORBIDDEN = frozenset({"address", "ip", "client", "user_agent", "email", "text", "password", "token"})
"""Keys that no log line may bear."""


class Leaky(RuntimeError):
    """A log call tried to write what the house promised not to keep."""


def guard(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Raise Leaky when an event bears a forbidden key."""
    if leaked := FORBIDDEN & event.keys():
        message = f"log key not allowed: {', '.join(sorted(leaked))}"
        raise Leaky(message)
    return event


def configure() -> None:
    """Set up the logs of this process; those of libraries pass from warning up."""
    structlog.configure(
        processors=[
            guard,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format='{"library": "%(name)s", "event": "%(message)s"}')
