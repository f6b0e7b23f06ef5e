"""Structured logs: one JSON line an event on standard error, without addresses, user agents or people's words.

The message of an exception is somebody else's sentence and may quote anything (a refused row, a header, an address): a line
bears its kind and where it passed, and for the database its code and constraint.
"""

from __future__ import annotations

import json
import logging
import sys
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog

FORBIDDEN = frozenset({"address", "ip", "client", "user_agent", "email", "text", "password", "token"})
"""Keys that no log line may bear."""
FRAMES = 12
"""Places kept of a traceback, the innermost ones."""

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Leaky(RuntimeError):
    """A log call tried to write what the house promised not to keep."""


def guard(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Raise Leaky when an event bears a forbidden key."""
    if leaked := FORBIDDEN & event.keys():
        message = f"log key not allowed: {', '.join(sorted(leaked))}"
        raise Leaky(message)
    return event


def told(exc_info: Raised) -> list[dict[str, Any]]:
    """Return an exception, then what caused it: kind, code and constraint (of the database), places from the outermost in."""
    found: list[dict[str, Any]] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(found) < FRAMES:
        found.append(_one(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def fault(event: str) -> None:
    """Log the exception that is being handled, where nobody else will."""
    structlog.get_logger(__name__).exception(event)


def _one(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    codes = {
        "sqlstate": getattr(error, "sqlstate", None),
        "constraint": getattr(getattr(error, "diag", None), "constraint_name", None),
        "errno": getattr(error, "errno", None),
    }
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-FRAMES:]]
    known = {name: code for name, code in codes.items() if code is not None}
    return {"kind": f"{kind.__module__}.{kind.__qualname__}", **known, "places": places}


class Line(logging.Formatter):
    """A library's message as one JSON line: its first line only, the next ones may quote an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        event = {"event": record.getMessage().partition("\n")[0], "library": record.name, "level": record.levelname.lower()}
        raised = {"exception": told(record.exc_info)} if record.exc_info and record.exc_info[0] else {}
        return json.dumps(event | raised, ensure_ascii=False)


def configure() -> None:
    """Set up the logs of this process; those of libraries pass from warning up."""
    structlog.configure(
        processors=[
            guard,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(told),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
