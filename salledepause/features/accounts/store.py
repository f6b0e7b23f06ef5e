"""The rows of accounts: read whole and in bulk, counted in one statement, found by handle or by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from salledepause.features.accounts.model import Account, Family, Wanted, local_handle
from salledepause.features.accounts.secret import digest
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject

COLUMNS = ", ".join(f"a.{name}" for name in Account.__struct_fields__)
"""What `account_of` takes, in its order, of a row of accounts named `a`."""


def account_of(*row: Any) -> Account:
    """Return the record of a row as `COLUMNS` reads it."""
    identifier, handle, name, family, *rest = row
    rest[_FIELDS] = [(label, value) for label, value in rest[_FIELDS]]
    return Account(identifier, handle, name, Family(family), *rest)


_FIELDS = Account.__struct_fields__.index("fields") - 4


async def load(tx: Tx, ids: Collection[int]) -> dict[int, Account]:
    """Return the accounts of these ids, whatever their state; those that are gone are left out."""
    found = await tx.all(account_of, f"SELECT {COLUMNS} FROM accounts a WHERE a.id = ANY(%s)", [list(ids)])
    return {one.id: one for one in found}


async def one(tx: Tx, account_id: int) -> Account:
    """Return an account, whatever its state; raises Missing."""
    found = await tx.one(account_of, f"SELECT {COLUMNS} FROM accounts a WHERE a.id = %s", [account_id])
    if found is None:
        raise Missing
    return found


async def by_handle(tx: Tx, handle: str, domain: str = "") -> Account:
    """Return the account that `name`, `@name` or `name@domain` means, case apart, whatever its state; raises Missing."""
    local = local_handle(handle, domain)
    query = f"SELECT {COLUMNS} FROM accounts a WHERE lower(a.handle) = lower(%s)"
    found = await tx.one(account_of, query, [local]) if local else None
    if found is None:
        raise Missing
    return found


async def reachable(tx: Tx, names: Sequence[str], domain: str = "", *, held: bool = False) -> dict[int, str]:
    """Return the active accounts that a text names, id to handle, in the order of the names.

    Those `held` are not erased before the commit, so that rows may hang on them.
    """
    wanted = {local.lower(): None for name in names if (local := local_handle(name, domain))}
    query = "SELECT handle, id FROM accounts WHERE lower(handle) = ANY(%s) AND state = 'active'"
    rows = await tx.rows(f"{query} FOR KEY SHARE" if held else query, [list(wanted)]) if wanted else []
    found = {handle.lower(): (account_id, handle) for handle, account_id in rows}
    return dict(found[name] for name in wanted if name in found)


COUNTED = ("version", "posts_count", "followers_count", "following_count", "last_post_on")


def with_totals(account: Account, row: tuple[Any, ...] | None) -> Account:
    """Return an account with the totals that `count` just wrote; as it was, when it is gone."""
    return msgspec.structs.replace(account, **dict(zip(COUNTED, row, strict=True))) if row else account


async def count(
    tx: Tx, account_id: int, *, posts: int = 0, followers: int = 0, following: int = 0, on: datetime | None = None
) -> Pending:
    """Add to the totals of an account, in one statement; what `with_totals` takes follows. A post moves its last day."""
    tx.touches(Subject.ACCOUNT, account_id)
    if followers or following:
        tx.touches(Subject.AUTHOR, account_id)
    return await tx.ask(
        f"""UPDATE accounts a SET posts_count = posts_count + %(posts)s, followers_count = followers_count + %(followers)s,
            following_count = following_count + %(following)s, version = version + 1,
            last_post_on = CASE WHEN %(posts)s <= 0 THEN last_post_on
                ELSE greatest(last_post_on, coalesce(%(on)s, now())::date) END
        WHERE id = %(id)s RETURNING {", ".join(COUNTED)}""",
        {"id": account_id, "posts": posts, "followers": followers, "following": following, "on": on},
    )


async def count_in_names(
    tx: Tx, account_ids: Sequence[int], *, posts: int = 0, followers: int = 0, on: datetime | None = None
) -> None:
    """Add the same to the totals of many accounts, in one statement."""
    tx.touches(Subject.ACCOUNT, *account_ids)
    tx.touches(Subject.AUTHOR, *account_ids)
    await tx.send(
        """UPDATE accounts SET posts_count = posts_count + %(posts)s, followers_count = followers_count + %(followers)s,
            version = version + 1, last_post_on = CASE WHEN %(posts)s <= 0 THEN last_post_on
                ELSE greatest(last_post_on, coalesce(%(on)s, now())::date) END
        WHERE id = ANY(%(ids)s)""",
        {"ids": list(account_ids), "posts": posts, "followers": followers, "on": on},
    )


FAR_REACHING = {"state", "silenced", "mode", "family", "role", "disabled", "sensitized"}
"""Columns that decide what others may read, or what is written on each post."""


async def anybody(tx: Tx) -> bool:
    """Tell whether anybody has an account here."""
    return bool(await tx.value("SELECT EXISTS (SELECT FROM accounts)"))


async def handle_is_free(tx: Tx, handle: str) -> bool:
    """Tell whether nobody bears a handle, case apart."""
    return not await taken(tx, [handle.lower()])


async def taken(tx: Tx, handles: Sequence[str]) -> set[str]:
    """Return which of some handles, all in small letters, somebody bears, or something that people name."""
    query = """SELECT lower(handle) FROM accounts WHERE lower(handle) = ANY(%(handles)s)
        UNION ALL SELECT handle FROM held_handles WHERE handle = ANY(%(handles)s)"""
    return set(await tx.values(query, {"handles": list(handles)}))


async def hold_handle(tx: Tx, handle: str) -> bool:
    """Keep a handle, in small letters, from every account; tell whether nobody bore it, and nothing else did."""
    return await tx.run("INSERT INTO held_handles (handle) VALUES (%s) ON CONFLICT DO NOTHING", [handle]) > 0


async def insert(tx: Tx, values: Mapping[str, Any]) -> int | None:
    """Insert an account; return its id, or `None` when the handle is taken."""
    found: int | None = await tx.value(
        """INSERT INTO accounts (id, created_at, handle, family, mode, state, discoverable, language, application)
        VALUES (next_id(coalesce(%(at)s, clock_timestamp())), coalesce(%(at)s, now()), %(handle)s, %(family)s, %(mode)s,
            %(state)s, %(discoverable)s, %(language)s, %(application)s)
        ON CONFLICT ((lower(handle))) DO NOTHING RETURNING id""",
        values,
    )
    return found


async def change(tx: Tx, account_id: int, values: Mapping[str, Any]) -> bool:
    """Set columns of an account (names are ours, never a client's) and raise its version; tell whether it is there."""
    settings = ", ".join(f"{column} = %({column})s" for column in values)
    if FAR_REACHING & values.keys():
        tx.touches_everything()
    tx.touches(Subject.ACCOUNT, account_id)
    tx.touches(Subject.AUTHOR, account_id)
    query = f"UPDATE accounts SET {settings}, version = version + 1 WHERE id = %(id)s"
    return bool(await tx.run(query, {**values, "id": account_id}))


ERASURES = 0x5A11E0001
"""The advisory lock of erasures, one for the whole house."""


async def locked(tx: Tx, account_id: int) -> Account:
    """Return an account and hold its row until the commit; raises Missing."""
    found = await tx.one(account_of, f"SELECT {COLUMNS} FROM accounts a WHERE a.id = %s FOR UPDATE", [account_id])
    if found is None:
        raise Missing
    return found


async def stay(tx: Tx, ids: Collection[int]) -> None:
    """Keep accounts from being erased until the commit, or wait until they are; nothing else waits for this.

    Whoever will hold rows that hang on accounts asks this first: an erasure takes the account, then what hangs on it.
    """
    await tx.send("SELECT FROM accounts WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(ids)])


async def hold(tx: Tx, ids: Collection[int]) -> None:
    """Hold the rows of accounts until the commit, the lower id first, before the totals of several are changed one by one."""
    await tx.send("SELECT FROM accounts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)])


async def alone(tx: Tx) -> None:
    """Erase one account at a time: two that have boosted each other would wait for each other."""
    await tx.send("SELECT pg_advisory_xact_lock(%s)", [ERASURES])


async def delete(tx: Tx, account_id: int) -> None:
    """Delete an account and all that hangs on its row."""
    tx.touches_everything()
    await tx.send("DELETE FROM accounts WHERE id = %s", [account_id])


async def asleep_until(tx: Tx, account_id: int) -> date | None:
    """Return the last day on which an account may be woken; `None` when nobody put it to sleep."""
    found: date | None = await tx.value("SELECT asleep_until FROM accounts WHERE id = %s", [account_id])
    return found


async def overslept(tx: Tx, today: date, account_id: int | None = None) -> list[int]:
    """Return who sleeps past their last day and could have woken: everybody, or one account alone, held until the commit."""
    query = "SELECT id FROM accounts WHERE asleep_until < %s AND state = 'asleep' AND NOT disabled"
    if account_id is None:
        return await tx.values(f"{query} ORDER BY id", [today])
    return await tx.values(f"{query} AND id = %s FOR UPDATE", [today, account_id])


async def pending(tx: Tx, limit: int) -> list[tuple[int, str]]:
    """Return the ids of who waits for approval and their reasons, oldest first."""
    query = "SELECT id, application FROM accounts WHERE state = 'pending' ORDER BY id LIMIT %s"
    return [(account_id, reason) for account_id, reason in await tx.rows(query, [limit])]


async def add_invitation(tx: Tx, by: int | None, code: str, uses: int, expires_at: datetime) -> None:
    """Keep an invitation, by the digest of its code."""
    await tx.send(
        "INSERT INTO invitations (hash, account_id, uses_left, expires_at) VALUES (%s, %s, %s, %s)",
        [digest(code), by, uses, expires_at],
    )


async def invitation_opens(tx: Tx, code: str) -> bool:
    """Tell whether an invitation has a use left."""
    query = "SELECT EXISTS (SELECT FROM invitations WHERE hash = %s AND uses_left > 0 AND expires_at > now())"
    return bool(await tx.value(query, [digest(code)]))


async def use_invitation(tx: Tx, code: str) -> bool:
    """Take one use of an invitation; `False` when it is unknown, used up or expired."""
    query = "UPDATE invitations SET uses_left = uses_left - 1 WHERE hash = %s AND uses_left > 0 AND expires_at > now()"
    return bool(await tx.run(query, [digest(code)]))


async def matching(tx: Tx, wanted: Wanted, *, handles_only: bool) -> list[int]:
    """Return the ids of active accounts whose handle is the text or begins so, or each of whose words begins one of the name.

    The exact handle comes first, then who is near, then handles, then names, of most followers first. Readers, and who does not
    wish to be found, are found by the exact handle only; who is near does not hide.
    """
    near = "AND a.id = ANY(%(near)s)" if wanted.only_near else ""
    begins = "(SELECT ' ' || replace(lower(%(text)s), '_', '\\_') || '%%')"
    named = f"a.words LIKE {begins}" if handles_only else f"a.words LIKE {FIRST_WORD} AND a.words LIKE ALL (ARRAY({EACH_WORD}))"
    return await tx.values(
        f"""SELECT a.id FROM accounts a WHERE a.id IN (SELECT id FROM accounts WHERE lower(handle) = lower(%(text)s)
            UNION ALL SELECT a.id FROM accounts a
                WHERE (a.discoverable OR a.id = ANY(%(near)s)) AND a.mode = 'contributor' AND {named})
            AND a.state = 'active' AND search_words(%(text)s) <> ' ' {near}
        ORDER BY lower(a.handle) <> lower(%(text)s), a.id <> ALL(%(near)s), a.words NOT LIKE {begins},
            a.followers_count DESC, a.id LIMIT %(limit)s OFFSET %(offset)s""",
        msgspec.structs.asdict(wanted) | {"near": list(wanted.near)},
    )


EACH_WORD = r"""SELECT '%% ' || replace(one, '_', '\_') || '%%'
    FROM unnest(string_to_array(btrim(search_words(%(text)s)), ' ')) WITH ORDINALITY AS typed (one, place) ORDER BY place"""
FIRST_WORD = f"({EACH_WORD} LIMIT 1)"
