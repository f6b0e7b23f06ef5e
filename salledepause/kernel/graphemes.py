"""Whether a text is one emoji: what a reaction may be."""

from __future__ import annotations

import regex

LONGEST = 40
"""Code points: the longest sequences of Unicode have about ten."""
_ONE = r"\p{Emoji}(?:\p{Emoji_Modifier}|\ufe0f\u20e3?|[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = regex.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|(?![\x00-\x7f\U0001f1e6-\U0001f1ff]){_ONE}(?:\u200d{_ONE})*"
)


def is_emoji(text: str) -> bool:
    """Tell whether a text is exactly one emoji (Unicode Technical Standard 51): no letter, no digit, no two of them."""
    return len(text) <= LONGEST and _EMOJI.fullmatch(text) is not None
