"""Decisions about somebody, as they read and contest them, and as a host looks at them again.

Measures about an account, a room closed to somebody (`exits`), pictures refused (`images`): each is told with its reason, and may
be contested once within six months (Digital Services Act, articles 17 and 20). Another person looks again, and lifts it or says
why it stays. What still waits for a first decision has pages of its own (`holds`, `images`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from salledepause.features import rooms
from salledepause.features.moderation import decisions, exits, hosts, images, journal
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import CONTESTABLE, Warned, reason_of
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.marks import Subject

TO_CONTEST: Final = timedelta(days=183)
LIFTING: Final[dict[str, decisions.Lifting]] = {
    "sensitive": "unsensitive",
    "silence": "unsilence",
    "disable": "enable",
    "suspend": "unsuspend",
}
TOO_LATE = "Cette décision ne se conteste plus ici : une personne l'a relue, ou six mois ont passé."
Verdict = Literal["kept", "lifted"]
DECIDED = f"""SELECT m.id, m.target_id, m.act, m.reason, m.created_at, p.words, p.verdict, coalesce(p.reason, ''), m.account_id,
        m.subject, {journal.ROOM}
    FROM moderation_acts m LEFT JOIN moderation_appeals p ON p.act_id = m.id {journal.OF_ROOM}"""
SEND_AGAIN = "Vous pouvez envoyer l'image à nouveau : elle n'est pas gardée ici."
AFTER: Final = {
    "put_out": "Vous pouvez de nouveau entrer dans la pièce.",
    "refuse_image": SEND_AGAIN,
    "turn_away": SEND_AGAIN,
}
"""What whom a decision was about may do, once it is lifted."""


class Decided(NamedTuple):
    """A measure and why; what its person answers, `None` when they did not, and what became of that."""

    id: int
    account_id: int
    measure: str
    reason: str
    at: datetime
    words: str | None
    verdict: Verdict | None
    answer: str
    host_id: int | None
    """Who decided, for hosts alone."""
    subject: str
    """What it was about, as the journal says it."""
    room: str
    """The name of the room that one was put out of."""

    @property
    def may_contest(self) -> bool:
        """Whether its person may still answer."""
        return self.verdict is None and clock.now() < self.at + TO_CONTEST


async def _measure(tx: Tx, host_id: int, one: Decided) -> None:
    await decisions.lift(tx, host_id, one.account_id, LIFTING[one.measure])


async def _exit(tx: Tx, host_id: int, one: Decided) -> None:
    room = await rooms.bearing(tx, one.subject)
    if room is not None:
        await exits.come_back(tx, host_id, room, one.account_id)


async def _picture(tx: Tx, host_id: int, one: Decided) -> None:
    await images.withdraw(tx, host_id, one.id, one.subject)


UNDOING: Final[dict[str, Callable[[Tx, int, Decided], Awaitable[None]]]] = {
    **dict.fromkeys(LIFTING, _measure),
    "put_out": _exit,
    "refuse_image": _picture,
    "turn_away": _picture,
}
"""How a decision is undone; one that is not there is kept, with a word: what it erased does not come back."""


async def mine(tx: Tx, me: int) -> list[Decided]:
    """Return what was decided about one, the latest first, fifty at most."""
    query = f"{DECIDED} WHERE m.target_id = %s AND m.act = ANY(%s) ORDER BY m.id DESC LIMIT 50"
    return await tx.all(Decided, query, [me, [*CONTESTABLE]])


async def one(tx: Tx, me: int, act_id: int) -> Decided:
    """Return a decision about oneself; raises Missing for anybody else's."""
    query = f"{DECIDED} WHERE m.id = %s AND m.target_id = %s AND m.act = ANY(%s)"
    found = await tx.one(Decided, query, [act_id, me, [*CONTESTABLE]])
    if found is None:
        raise Missing
    return found


async def contest(tx: Tx, me: int, act_id: int, words: str) -> None:
    """Answer the hosts about a decision; said again before they looked, it says what was said last.

    Raises Missing, BadInput, Conflict when it is too late, or when they looked already.
    """
    if not (await one(tx, me, act_id)).may_contest:
        raise Conflict(TOO_LATE)
    said = reason_of(words)
    if not said:
        raise BadInput("Dites en quelques mots pourquoi cette décision est à revoir.")
    query = """INSERT INTO moderation_appeals AS p (act_id, account_id, words) VALUES (%s, %s, %s)
        ON CONFLICT (act_id) DO UPDATE SET words = excluded.words WHERE p.verdict IS NULL"""
    if not await tx.run(query, [act_id, me, said]):  # a host decided between the look and the words
        raise Conflict(TOO_LATE)
    tx.touches(Subject.NOTIFIED, me)


async def waiting(tx: Tx, host_id: int) -> int:
    """Return how many answers wait for a host. Raises Forbidden for who is no host."""
    return len(await cases(tx, host_id))


async def cases(tx: Tx, host_id: int) -> list[Decided]:
    """Return what was contested and waits, the longest first; never about oneself. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    query = f"{DECIDED} WHERE p.act_id IS NOT NULL AND p.verdict IS NULL AND m.target_id <> %s ORDER BY p.made_at LIMIT 200"
    return await tx.all(Decided, query, [host_id])


async def settle(tx: Tx, host_id: int, act_id: int, verdict: str | None, reason: str) -> None:
    """Look at a decision again: it stays, with a reason, or is lifted; its person is told.

    Raises Forbidden, Missing, BadInput, Conflict when somebody did.
    """
    await hosts.keeper(tx, host_id)
    held = await tx.row("SELECT verdict FROM moderation_appeals WHERE act_id = %s FOR UPDATE", [act_id])
    found = await tx.one(Decided, f"{DECIDED} WHERE m.id = %s", [act_id]) if held else None
    if found is None:
        raise Missing
    about = await hosts.subject(tx, host_id, found.account_id)
    if found.verdict is not None:
        raise Conflict("Une autre personne a déjà relu cette décision.")
    said = _checked(found, verdict, reason)
    if verdict == "kept" and host_id in await _deciders(tx, found) and await _others(tx, host_id, about.role):
        raise Forbidden("Vous avez pris cette décision : une autre personne la relit.")
    await tx.run("UPDATE moderation_appeals SET verdict = %s, reason = %s WHERE act_id = %s", [verdict, said, act_id])
    if verdict == "lifted":
        await UNDOING[found.measure](tx, host_id, found)
        said = f"{AFTER.get(found.measure, '')} {said}".strip()
    act = "reverse" if verdict == "lifted" else "uphold"
    noted = await journal.note(tx, Act(host_id=host_id, act=act, target_id=found.account_id, reason=said))
    await emit(tx, Warned(noted, found.account_id))


def _checked(found: Decided, verdict: str | None, reason: str) -> str:
    """Return the reason of what becomes of a decision, as it is kept; raises BadInput for what cannot be."""
    said = reason_of(reason)
    if verdict not in {"kept", "lifted"}:
        raise BadInput("Dites si la décision est maintenue ou levée.")
    if verdict == "kept" and not said:
        raise BadInput("Écrivez la raison : la personne la lira.")
    if verdict == "lifted" and found.measure not in UNDOING:
        raise BadInput("Un message effacé ne revient pas : répondez à la personne, en maintenant la décision.")
    return said


async def _deciders(tx: Tx, found: Decided) -> set[int]:
    """Return who decided: of what a comparison turned away, the hosts who had such a picture refused."""
    if found.measure != "turn_away":
        return {found.host_id} if found.host_id is not None else set()
    query = "SELECT account_id FROM moderation_acts WHERE act = 'list_image' AND subject = %s AND account_id IS NOT NULL"
    return set(await tx.values(query, [found.subject]))


async def _others(tx: Tx, host_id: int, role: str) -> bool:
    """Tell whether somebody else may decide about who has a role."""
    query = """SELECT EXISTS (SELECT FROM accounts WHERE role = ANY(%s) AND state = 'active' AND NOT disabled AND id <> %s)"""
    return bool(await tx.value(query, [["host", "admin"] if role == "member" else ["admin"], host_id]))
