"""SQL of teams and of whom posts thank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from salledepause.features import posts
from salledepause.features.sources import abbreviated
from salledepause.features.victories.model import MOST, THANKING, Recipient, Team, Way
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput

KINDS = ", ".join(f"'{kind}'" for kind in sorted(THANKING))
RECENT = 200
"""Thanks among which one looks for who was thanked last."""
NAMED = "k.id, k.finess, k.name, k.key, h.name, h.town"
SAID = "thanks t JOIN posts p ON p.id = t.post_id JOIN accounts a ON a.id = p.account_id"
READABLE = f"""SELECT FROM {SAID}
    WHERE t.team_id = k.id AND p.kind IN ({KINDS}) AND {posts.READ_BY_ALL}"""
"""Whether anybody may read that team `k` is thanked: a name that was only whispered is not shown about."""
COUNT = READABLE.replace("SELECT FROM", "SELECT count(*) FROM", 1)


def _team(team_id: int, finess: str | None, name: str, key: str, *site: str) -> Recipient:
    if finess:
        return Recipient(Way.HOSPITAL, finess, site[0], site[1], finess)
    return Recipient(Way.TEAM, key, name, "", str(team_id))


async def of(tx: Tx, post_ids: Sequence[int]) -> dict[int, tuple[Recipient, ...]]:
    """Return whom posts thank, in order. It asks no gate: ids come from posts that one may see."""
    if not post_ids:
        return {}
    query = f"""SELECT t.post_id, a.handle, {NAMED} FROM thanks t LEFT JOIN accounts a ON a.id = t.account_id
        LEFT JOIN teams k ON k.id = t.team_id LEFT JOIN hospitals h ON h.finess = k.finess
        WHERE t.post_id = ANY(%s) ORDER BY t.post_id, t.place"""
    found: dict[int, tuple[Recipient, ...]] = {}
    for post_id, handle, *team in await tx.rows(query, [list(post_ids)]):
        one = Recipient(Way.ACCOUNT, handle, handle) if handle else _team(*team)
        found[post_id] = (*found.get(post_id, ()), one)
    return found


async def teams(tx: Tx, wanted: Sequence[Recipient]) -> dict[str, tuple[int, Recipient]]:
    """Return the teams that recipients mean, by key, made where they are new, merged ones followed.

    Rows are made in the order of their keys, so that of two who thank the same teams at once one waits for the other.
    """
    sites = sorted(one.key for one in wanted if one.way is Way.HOSPITAL)
    free = sorted((one.key, one.name, " ".join(abbreviated(one.name))) for one in wanted if one.way is Way.TEAM)
    if sites:
        await tx.send(
            """INSERT INTO teams (finess) SELECT finess FROM hospitals WHERE finess = ANY(%s) ORDER BY finess
            ON CONFLICT DO NOTHING""",
            [sites],
        )
    if free:
        await tx.send(
            """INSERT INTO teams (key, name, words) SELECT k, n, array_to_tsvector(string_to_array(w, ' '))
            FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS said (k, n, w, place) ORDER BY place
            ON CONFLICT DO NOTHING""",
            [list(column) for column in zip(*free, strict=True)],
        )
    query = f"""SELECT coalesce(said.finess, said.key), {NAMED} FROM teams said
        JOIN teams k ON k.id = coalesce(said.merged_into, said.id) LEFT JOIN hospitals h ON h.finess = k.finess
        WHERE said.finess = ANY(%s) OR said.key = ANY(%s) FOR KEY SHARE OF said"""
    return {row[0]: (row[1], _team(*row[1:])) for row in await tx.rows(query, [sites, [key for key, _, _ in free]])}


async def write(tx: Tx, post_id: int, team_ids: Sequence[int | None], account_ids: Sequence[int | None]) -> None:
    """Say whom a post thanks, and nobody else, in this order: of each pair one is `None`."""
    await tx.send("DELETE FROM thanks WHERE post_id = %s", [post_id])
    query = """INSERT INTO thanks (post_id, place, team_id, account_id)
        SELECT %s, place, team, account FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS said (team, account, place)
        ON CONFLICT DO NOTHING"""
    await tx.send(query, [post_id, list(team_ids), list(account_ids)])


async def imply(tx: Tx, post_id: int) -> None:
    """Have a thank-you that thanks nobody yet thank those whom it names."""
    await tx.send(
        f"""INSERT INTO thanks (post_id, place, account_id)
        SELECT p.id, row_number() OVER (ORDER BY strpos(lower(p.text), '@' || lower(a.handle)), a.id), a.id
        FROM posts p JOIN mentions m ON m.post_id = p.id AND NOT m.silent JOIN accounts a ON a.id = m.account_id
        WHERE p.id = %s AND p.kind = 'thanks' AND NOT EXISTS (SELECT FROM thanks t WHERE t.post_id = p.id) LIMIT {MOST}
        ON CONFLICT DO NOTHING""",
        [post_id],
    )


async def thank_no_more(tx: Tx, post_id: int) -> None:
    """Have a post that became of another kind thank nobody."""
    query = f"DELETE FROM thanks t USING posts p WHERE p.id = %s AND t.post_id = p.id AND p.kind NOT IN ({KINDS})"
    await tx.send(query, [post_id])


async def thanking(tx: Tx, *, account_id: int = 0, finess: Collection[str] = (), team_id: int = 0) -> list[int]:
    """Return the posts that thank somebody, some sites of the register, or a team."""
    query = """SELECT post_id FROM thanks WHERE account_id = %s
        OR team_id IN (SELECT id FROM teams WHERE finess = ANY(%s) OR id = %s)"""
    return await tx.values(query, [account_id, list(finess), team_id])


async def forget_account(tx: Tx, account_id: int) -> None:
    """Have nobody thank an account any more."""
    await tx.send("DELETE FROM thanks WHERE account_id = %s", [account_id])


async def by_id(tx: Tx, team_id: int) -> Team | None:
    """Return a team by its words, the one that hosts say it is where it was merged."""
    return await _one(tx, "said.id = %(wanted)s", team_id)


async def by_finess(tx: Tx, finess: str) -> Team | None:
    """Return a site of the register that was thanked."""
    return await _one(tx, "said.finess = %(wanted)s", finess)


async def _one(tx: Tx, where: str, wanted: object) -> Team | None:
    query = f"""SELECT ({COUNT}), {NAMED} FROM teams said JOIN teams k ON k.id = coalesce(said.merged_into, said.id)
        LEFT JOIN hospitals h ON h.finess = k.finess WHERE {where}"""
    row = await tx.row(query, {"wanted": wanted})
    return Team(row[1], _team(*row[1:]), row[0]) if row else None


async def found(tx: Tx, question: str, limit: int) -> list[Recipient]:
    """Return the teams by their words that a `tsquery` finds and that anybody may read of: the shortest names first."""
    query = f"""SELECT {NAMED} FROM teams k LEFT JOIN hospitals h ON false
        WHERE k.words @@ to_tsquery('simple', %s) AND k.merged_into IS NULL AND EXISTS ({READABLE})
        ORDER BY length(k.name), k.name, k.id LIMIT %s"""
    return [_team(*row) for row in await tx.rows(query, [question, limit])]


async def lately(tx: Tx, limit: int) -> list[Recipient]:
    """Return the teams that the last `RECENT` thanks anybody may read go to, whoever was thanked last first."""
    query = f"""SELECT {NAMED} FROM (
            SELECT team_id, max(post_id) AS last FROM (
                SELECT t.team_id, t.post_id FROM {SAID} WHERE t.team_id IS NOT NULL AND p.kind IN ({KINDS})
                    AND {posts.READ_BY_ALL} ORDER BY t.post_id DESC LIMIT {RECENT}) AS recent
            GROUP BY team_id ORDER BY last DESC LIMIT %s) AS thanked
        JOIN teams k ON k.id = thanked.team_id LEFT JOIN hospitals h ON h.finess = k.finess ORDER BY last DESC"""
    return [_team(*row) for row in await tx.rows(query, [limit])]


async def merge(tx: Tx, team_id: int, into: int) -> None:
    """Make a team another one: what thanked it thanks the other, each post once, and its words lead there.

    Raises BadInput when one of them was merged a moment ago.
    """
    held = await tx.values("SELECT merged_into FROM teams WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [[team_id, into]])
    if any(held):
        raise BadInput("C'est déjà la même équipe.")
    both: dict[str, Any] = {"team": team_id, "into": into}
    await tx.send(
        """DELETE FROM thanks t WHERE team_id = %(team)s
        AND EXISTS (SELECT FROM thanks o WHERE o.post_id = t.post_id AND o.team_id = %(into)s)""",
        both,
    )
    await tx.send("UPDATE thanks SET team_id = %(into)s WHERE team_id = %(team)s", both)
    await tx.send("UPDATE teams SET merged_into = %(into)s WHERE id = %(team)s OR merged_into = %(team)s", both)


async def sweep(tx: Tx) -> None:
    """Forget the words of teams that nothing thanks any more, an hour after they were written, and those that lead to them."""
    await tx.run(
        """DELETE FROM teams k WHERE k.key IS NOT NULL AND k.merged_into IS NULL
        AND k.id < (floor(extract(epoch FROM now() - interval '1 hour') * 1000)::bigint << 16)
        AND NOT EXISTS (SELECT FROM thanks t WHERE t.team_id = k.id)
        AND NOT EXISTS (SELECT FROM teams m WHERE m.merged_into = k.id)"""
    )
