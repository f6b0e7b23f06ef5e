"""SQL of refused pictures and of what is held from view."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.red_line.model import NEAR, CloseTo, Held, RefusedPicture, Verdict
from salledepause.kernel import likeness
from salledepause.kernel.db import Tx

PICTURE = "id, rule, listed_on, looked, to_look, done"
HELD = "media_id, account_id, rule, automated, report_id, contest, verdict, reason, held_at, act_id"


async def check(tx: Tx, likenesses: Sequence[str]) -> None:
    """Refuse what looks like a refused picture, turned or mirrored too; raises CloseTo."""
    if not likenesses:
        return
    query = """SELECT r.id, r.rule FROM refused_likenesses l JOIN refused_pictures r ON r.id = l.picture_id
        CROSS JOIN unnest(%s::text[]) AS c (bits) WHERE bit_count(l.bits # c.bits::bit(256)) <= %s ORDER BY r.id LIMIT 1"""
    found = await tx.row(query, [likeness.turned(likenesses[0]), NEAR])
    if found is not None:
        raise CloseTo(*found)


async def insert(tx: Tx, rule: int, likenesses: Sequence[str]) -> int:
    """Write what a refused picture looks like; return its id."""
    picture_id: int = await tx.value("INSERT INTO refused_pictures (rule) VALUES (%s) RETURNING id", [rule])
    query = "INSERT INTO refused_likenesses (picture_id, bits) SELECT %s, bits::bit(256) FROM unnest(%s::text[]) AS bits"
    await tx.run(query, [picture_id, [likeness.bits_of(one) for one in dict.fromkeys(likenesses)]])
    return picture_id


async def listed(tx: Tx) -> list[RefusedPicture]:
    """Return what is refused, the latest first."""
    return await tx.all(RefusedPicture, f"SELECT {PICTURE} FROM refused_pictures ORDER BY id DESC LIMIT 1000")


async def near(tx: Tx, picture_id: int) -> list[int]:
    """Return the refused pictures that look like one, itself among them; none once it is refused no more."""
    query = """SELECT DISTINCT l.picture_id FROM refused_likenesses l CROSS JOIN unnest(%s::text[]) AS w (bits)
        WHERE bit_count(l.bits # w.bits::bit(256)) <= %s ORDER BY l.picture_id"""
    return await tx.values(query, [await _ways(tx, picture_id), NEAR])


async def strike(tx: Tx, picture_id: int) -> bool:
    """Refuse a picture no more; return whether it was refused."""
    return await tx.run("DELETE FROM refused_pictures WHERE id = %s", [picture_id]) > 0


async def begin(tx: Tx, picture_id: int, to_look: int) -> None:
    """Write how many media are to be compared with a picture."""
    await tx.run("UPDATE refused_pictures SET to_look = %s, looked = 0, done = false WHERE id = %s", [to_look, picture_id])


async def looked(tx: Tx, picture_id: int, number: int) -> None:
    """Add to how many media were compared."""
    await tx.run("UPDATE refused_pictures SET looked = looked + %s WHERE id = %s", [number, picture_id])


async def done(tx: Tx, picture_id: int) -> None:
    """Write that all were compared."""
    await tx.run("UPDATE refused_pictures SET done = true, looked = to_look WHERE id = %s", [picture_id])


async def alike(tx: Tx, picture_id: int, media_ids: Sequence[int]) -> list[int]:
    """Return those of the media that look like a picture, in any of its cuts, turned or mirrored too, and were not cleared."""
    query = """SELECT DISTINCT m.id FROM media m CROSS JOIN unnest(%(ways)s::text[]) AS w (bits)
        WHERE m.id = ANY(%(ids)s) AND m.state = 'ready' AND m.likeness <> 0::bit(256)
        AND bit_count(m.likeness # w.bits::bit(256)) <= %(near)s
        AND NOT EXISTS (SELECT FROM held_images h WHERE h.media_id = m.id AND h.verdict = 'restored') ORDER BY m.id"""
    return await tx.values(query, {"ways": await _ways(tx, picture_id), "ids": list(media_ids), "near": NEAR})


async def _ways(tx: Tx, picture_id: int) -> list[str]:
    """Return what a refused picture looks like, in any of its cuts, turned and mirrored."""
    kept = await tx.values("SELECT bits::text FROM refused_likenesses WHERE picture_id = %s", [picture_id])
    return [way for bits in kept for way in likeness.turned(f"{int(bits, 2):0{likeness.DIGITS}x}")]


async def hold(tx: Tx, held: Held) -> None:
    """Write why a medium is held."""
    query = """INSERT INTO held_images (media_id, account_id, rule, automated, report_id)
        VALUES (%(media_id)s, %(account_id)s, %(rule)s, %(automated)s, %(report_id)s)
        ON CONFLICT (media_id) DO UPDATE SET rule = excluded.rule, automated = excluded.automated,
            report_id = excluded.report_id, verdict = NULL, reason = '', contest = '', held_at = now(), act_id = NULL"""
    await tx.run(query, held._asdict())


async def held(tx: Tx, media_id: int) -> Held | None:
    """Return why a medium is, or was, held."""
    return await tx.one(Held, f"SELECT {HELD} FROM held_images WHERE media_id = %s", [media_id])


async def waiting(tx: Tx, but: int) -> list[Held]:
    """Return what waits for a decision, but of one account, contested ones first, then the longest waiting."""
    query = f"SELECT {HELD} FROM held_images WHERE verdict IS NULL AND account_id <> %s ORDER BY contest = '', held_at LIMIT 200"
    return await tx.all(Held, query, [but])


async def contest(tx: Tx, media_id: int, words: str) -> None:
    """Write what an author answers."""
    await tx.run("UPDATE held_images SET contest = %s WHERE media_id = %s", [words, media_id])


async def settle(tx: Tx, media_id: int, verdict: Verdict, reason: str, act_id: int) -> None:
    """Write what a host decided, and by which decision."""
    query = "UPDATE held_images SET verdict = %s, reason = %s, act_id = %s WHERE media_id = %s"
    await tx.run(query, [verdict, reason, act_id, media_id])


async def withdraw(tx: Tx, act_id: int) -> int | None:
    """Write that what a decision refused had its place here; return which medium it was, `None` once it is gone."""
    query = "UPDATE held_images SET verdict = 'withdrawn' WHERE act_id = %s AND verdict = 'refused' RETURNING media_id"
    found = await tx.value(query, [act_id])
    return None if found is None else int(found)


async def cleared(tx: Tx, media_ids: Sequence[int]) -> set[int]:
    """Return those of the media that a host gave back: a report holds them no more."""
    query = "SELECT media_id FROM held_images WHERE media_id = ANY(%s) AND verdict = 'restored'"
    return set(await tx.values(query, [list(media_ids)]))


async def undone_by(tx: Tx, reporter_id: int) -> int:
    """Return how many pictures that somebody's reports held were given back in the last thirty days."""
    query = """SELECT count(*) FROM held_images h JOIN reports r ON r.id = h.report_id
        WHERE r.account_id = %s AND h.verdict = 'restored' AND h.held_at > now() - interval '30 days'"""
    return int(await tx.value(query, [reporter_id]))
