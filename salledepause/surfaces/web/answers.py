"""What a form that was sent is answered: back to where one was or, to a script that asked, the part of the page that changed."""

from __future__ import annotations

from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.web import addresses, safety

FRAGMENT = "x-fragment"
"""The header by which a script names the element that it will replace (static/js/forms.js)."""


def wants_fragment(call: Call) -> bool:
    """Tell whether a script asked for a part of a page instead of a redirection."""
    return FRAGMENT in call.headers


def back(call: Call, path: str, *headers: Header) -> Answer:
    """Return to a page of this site: the way of every form without a script."""
    del call
    return safety.to(addresses.header_value(addresses.own(path)), *headers)
