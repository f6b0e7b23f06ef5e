"""Logs: one JSON line an event, and nothing in it that somebody said or that tells where they are."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import structlog

from salledepause.kernel import logs

WORD = "parole de quelqu'un"
Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Give the lines written so far."""
    before, error = logging.root.handlers[:], io.StringIO()
    monkeypatch.setattr("sys.stderr", error)
    logs.configure()
    yield lambda: [json.loads(line) for line in error.getvalue().splitlines()]
    logging.root.handlers[:] = before
    structlog.reset_defaults()


def fails(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


@pytest.mark.parametrize("key", sorted(logs.FORBIDDEN))
def test_what_the_house_does_not_keep_is_no_key(told: Told, key: str) -> None:
    with pytest.raises(logs.Leaky):
        structlog.get_logger().info("essai", **{key: "x"})
    assert told() == []


def test_an_exception_is_told_by_its_kind_and_place_never_by_its_message(told: Told) -> None:
    try:
        fails(ValueError(WORD), KeyError(WORD))
    except ValueError:
        structlog.get_logger().exception("essai", route="GET /")
    (line,) = told()
    assert (line["event"], line["level"], line["route"]) == ("essai", "error", "GET /")
    assert [one["kind"] for one in line["exception"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert "test_logs.py:" in line["exception"][0]["places"][-1]
    assert WORD not in json.dumps(line, ensure_ascii=False)


def test_a_refused_row_is_told_by_its_constraint(told: Told, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TEMP TABLE said (text text CONSTRAINT short CHECK (length(text) < 3))")
        with pytest.raises(psycopg.errors.CheckViolation, match=WORD) as refusal:
            connection.execute("INSERT INTO said VALUES (%s)", [WORD])
        structlog.get_logger().error("essai", exc_info=refusal.value)
    (line,) = told()
    error = line["exception"][0]
    assert (error["kind"], error["sqlstate"], error["constraint"]) == ("psycopg.errors.CheckViolation", "23514", "short")
    assert WORD not in json.dumps(line, ensure_ascii=False)


def test_libraries_write_lines_too_the_first_of_each_message(told: Told) -> None:
    try:
        fails(OSError(2, WORD))
    except OSError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved\nfuture: %s", WORD)
    logging.getLogger("asyncio").info("unheard")
    (line,) = told()
    assert (line["library"], line["level"], line["event"]) == ("asyncio", "error", "Task exception was never retrieved")
    assert line["exception"][0]["errno"] == 2
    assert WORD not in json.dumps(line, ensure_ascii=False)
