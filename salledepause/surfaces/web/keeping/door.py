"""The door of the hosts' pages: closed alike for everybody else, whatever they ask; what their pages send, erase and say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from salledepause.kernel.errors import Forbidden
from salledepause.surfaces.edge import Answer, Call, Handler
from salledepause.surfaces.web import guests, wording

CLOSED = "Ces pages sont celles des hôtes de la maison."
ADMINS = "Cela revient aux administrateurs de la maison : demandez-leur."


def for_hosts(handler: Handler, *, admin: bool = False) -> Handler:
    """Return a handler for those who keep the house (or only administrate it); raises Forbidden before anything is looked for."""

    async def serve(call: Call) -> Answer:
        me = guests.account(call)
        if me is None or not me.keeps_house:
            raise Forbidden(CLOSED)
        if admin and me.role != "admin":
            raise Forbidden(ADMINS)
        return await handler(call)

    return serve


def drop_later(call: Call, keys: Iterable[str]) -> None:
    """Erase files once what named them is gone for good."""
    call.tx.afterwards.extend(partial(call.site.blobs.drop, key) for key in keys)


def several(ids: Sequence[int]) -> dict[str, Any]:
    """Return ids as the hidden fields of a form that asks again."""
    return {f"ids[{place}]": one for place, one in enumerate(ids)}


def said(sentence: str, call: Call, **values: object) -> str:
    """Return a French msgid in the language of the host, its values put in."""
    return wording.said(sentence, call.language).format(**values)
