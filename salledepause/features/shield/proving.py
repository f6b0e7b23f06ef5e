"""Whether a file of evidence is as the house made it: the prints of its pieces and of the whole, the seal that it alone can make.

Whoever is handed such a file (a lawyer, the police, a court) checks it here, or the prints alone with any tool (docs/shield.md).
Nothing of it is kept. A seal is told by the secret of the house: it holds as long as that secret does.
"""

from __future__ import annotations

import hmac
from typing import Any

import msgspec

from salledepause.features.shield.evidence import FORMS, MOST, File, canonical, printed, sealed
from salledepause.kernel.errors import BadInput
from salledepause.kernel.site import Site

LONGEST = 300
"""Characters of what a file says of itself."""
NONE_OF_OURS = "Ce n'est pas un fichier de preuves tel que cette maison les fait."


class Brought(msgspec.Struct, frozen=True):
    """A file as somebody brings it, in which anything may have changed."""

    form: str = ""
    of: str = ""
    made_at: str = ""
    made_at_paris: str = ""
    items: list[dict[str, Any]] = []
    sha256: str = ""
    seal: str = ""


class Checked(msgspec.Struct, frozen=True):
    """What a file comes to; `changed`: the places of the pieces that are not as their prints say, from 1 on."""

    of: str
    made_at: str
    made_at_paris: str
    pieces: int
    changed: list[int]
    whole: bool
    """Whether all pieces are there, as they were and in their order."""
    sealed: bool
    """Whether this house made it so, for that person and at that instant."""


def read(body: bytes) -> Brought:
    """Return a file that was brought; raises BadInput."""
    try:
        return msgspec.json.decode(body, type=Brought)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(NONE_OF_OURS) from error


def checked(site: Site, brought: Brought) -> Checked:
    """Return what a file comes to; raises BadInput for what is none."""
    own = (brought.of, brought.made_at, brought.made_at_paris, brought.sha256, brought.seal)
    if brought.form not in FORMS or len(brought.items) > MOST or any(len(one) > LONGEST for one in own):
        raise BadInput(NONE_OF_OURS)
    prints = [printed(canonical(item)) for item in brought.items]
    changed = [place for place, item in enumerate(brought.items, 1) if item.get("sha256") != prints[place - 1]]
    orders = [item.get("order") for item in brought.items]
    together = printed("\n".join(prints).encode()) == brought.sha256
    whole = together and not changed and orders == list(range(1, len(orders) + 1))
    file = File(brought.form, brought.of, brought.made_at, brought.made_at_paris, [], brought.sha256)
    ours = whole and hmac.compare_digest(sealed(site, file).encode(), brought.seal.encode())
    return Checked(brought.of, brought.made_at, brought.made_at_paris, len(prints), changed, whole, ours)
