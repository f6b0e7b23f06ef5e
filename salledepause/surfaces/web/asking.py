"""The page that asks before what cannot be undone: one question, one button that does it, one link that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.web.rendering import page


class Question(NamedTuple):
    """What is asked, in the viewer's language."""

    heading: str
    text: str
    """What will happen, and what will not."""
    label: str
    """Of the button that does it."""


def ask(call: Call, question: Question, back: str, fields: Mapping[str, Any] | None = None) -> Answer:
    """Return the page that asks; its form comes to the same path with `fields` and `sure`, its link leads back."""
    asked = {**question._asdict(), "action": str(call.scope["path"]), "back": back}
    return page(call, "confirm.html", **asked, fields={**(fields or {}), "sure": "1"})
