"""Keep every JSON answer of a test session, to judge them all at its end against the third party's description."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from tests.support.openapi import Description

INDEX = re.compile(r"\[\d+\]")


class Answer(NamedTuple):
    """One JSON answer: concrete path with its query, body as sent."""

    method: str
    path: str
    status: int
    body: bytes


class Recorder:
    """Answers in the order they came, each kept once."""

    def __init__(self) -> None:
        """Start empty."""
        self._answers: dict[Answer, None] = {}

    def record(self, method: str, path: str, status: int, body: bytes, content_type: str) -> None:
        """Keep an answer; anything but `application/json` is left out."""
        if content_type.partition(";")[0].strip().lower() == "application/json":
            self._answers[Answer(method.upper(), path, status, body)] = None

    def answers(self) -> list[Answer]:
        """Return the distinct answers kept so far."""
        return list(self._answers)


def problems(recorder: Recorder, description: Description) -> list[str]:
    """Return each distinct problem once, as `METHOD template status place: problem`, whatever the index in a list.

    What a route answers again in the same words is judged once; answers of paths that the description does not know are not.
    """
    found: dict[str, None] = {}
    alike: dict[tuple[str, bytes], Answer] = {}
    for answer in recorder.answers():
        template = description.template(answer.method, answer.path)
        if template is not None:
            alike.setdefault((f"{answer.method} {template} {answer.status}", answer.body), answer)
    for (where, _), answer in alike.items():
        found |= dict.fromkeys(f"{where} {INDEX.sub('[]', problem)}" for problem in _judge(description, answer))
    return sorted(found)


def _judge(description: Description, answer: Answer) -> list[str]:
    try:
        body = json.loads(answer.body)
    except ValueError as error:
        return [f"body: not JSON: {error}"]
    return description.check(answer.method, answer.path, answer.status, body)
