"""Accounts are found, counted, changed, judged and erased as their rules say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import accounts
from salledepause.features.accounts import (
    AccessRevoked,
    AccountErased,
    Family,
    ProfileChange,
    ProfileChanged,
    Restored,
    Suspended,
    Wanted,
    local_handle,
)
from salledepause.features.accounts.model import HANDLE
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing
from salledepause.kernel.site import Site
from tests.features.accounts_house import PASSWORD, Told

DOMAIN = "salle.test"


async def test_a_new_account_is_empty_public_and_open(tx: Tx) -> None:
    account = await accounts.one(tx, await accounts.create(tx, "Ginette", None, family=Family.PARAMEDICAL))
    assert (account.handle, account.name, account.note, account.fields) == ("Ginette", "", "", [])
    assert (account.state, account.locked, account.discoverable, account.default_audience) == ("active", False, True, "public")
    assert (account.family, account.posts_count, account.last_post_on) == (Family.PARAMEDICAL, 0, None)
    assert account.id > 10**14


async def test_load_keeps_what_exists(tx: Tx) -> None:
    first, second = await accounts.create(tx, "a", None), await accounts.create(tx, "b", None)
    found = await accounts.load(tx, [second, 12, first])
    assert {key: one.handle for key, one in found.items()} == {first: "a", second: "b"}
    assert await accounts.load(tx, []) == {}
    with pytest.raises(Missing):
        await accounts.one(tx, 12)


@pytest.mark.parametrize("typed", ["Ginette", "ginette", "@GINETTE", "ginette@salle.test", "@Ginette@SALLE.test", " ginette "])
async def test_every_way_to_write_a_handle(tx: Tx, typed: str) -> None:
    account_id = await accounts.create(tx, "Ginette", None)
    assert (await accounts.by_handle(tx, typed, DOMAIN)).id == account_id


NOT_HANDLES = ["", "@", "ginett", "ginette@ailleurs.test", "ginette@", "ginette@salle.test@x", "ginette%", "_inette"]


@pytest.mark.parametrize("typed", NOT_HANDLES)
async def test_what_is_no_handle_is_missing(tx: Tx, typed: str) -> None:
    await accounts.create(tx, "Ginette", None)
    with pytest.raises(Missing):
        await accounts.by_handle(tx, typed, DOMAIN)


async def test_a_suspended_account_is_still_found_by_its_handle(tx: Tx) -> None:
    account_id = await accounts.create(tx, "parti", None)
    await accounts.suspend(tx, account_id)
    assert (await accounts.by_handle(tx, "parti", DOMAIN)).state == "suspended"


@given(st.text(max_size=60))
def test_a_local_handle_is_always_a_handle(typed: str) -> None:
    found = local_handle(typed, DOMAIN)
    assert found is None or HANDLE.fullmatch(found)


async def test_reachable_names_active_accounts_in_order(tx: Tx) -> None:
    author, other, gone = [await accounts.create(tx, handle, None) for handle in ("auteur", "Autre", "parti")]
    await accounts.suspend(tx, gone)
    names = ["autre@salle.test", "auteur", "parti", "personne", "autre", "autre@ailleurs.test"]
    assert list(await accounts.reachable(tx, names, DOMAIN)) == [other, author]
    assert await accounts.reachable(tx, ["autre@salle.test"]) == {}
    assert await accounts.reachable(tx, []) == {}


async def test_count_adds_and_dates_the_last_post(tx: Tx) -> None:
    account_id = await accounts.create(tx, "compteuse", None)
    await accounts.count(tx, account_id, posts=1, on=datetime(2025, 5, 6, 23, 59, tzinfo=UTC))
    await accounts.count(tx, account_id, posts=1, on=datetime(2024, 1, 1, tzinfo=UTC))
    await accounts.count(tx, account_id, posts=-1, followers=2, following=3)
    one = await accounts.one(tx, account_id)
    assert (one.posts_count, one.followers_count, one.following_count) == (1, 2, 3)
    assert (one.last_post_on, one.version) == (date(2025, 5, 6), 4)


async def test_a_post_of_today_is_dated_today(tx: Tx) -> None:
    account_id = await accounts.create(tx, "du_jour", None)
    await accounts.count(tx, account_id, posts=1)
    assert (await accounts.one(tx, account_id)).last_post_on == await tx.value("SELECT current_date")


# Search.


async def named(tx: Tx, handle: str, name: str, **change: bool) -> int:
    account_id = await accounts.create(tx, handle, None)
    await accounts.update_profile(tx, account_id, ProfileChange(name=name, **change))  # type: ignore[arg-type]
    return account_id


async def test_search_puts_the_exact_handle_first_then_handles_then_names(tx: Tx) -> None:
    by_name = await named(tx, "zoe_k", "Garde Malade")
    longer = await named(tx, "garde_de_nuit", "")
    exact = await named(tx, "Garde", "")
    await named(tx, "avantgarde", "Legarde")
    assert await accounts.search(tx, Wanted("garde"), DOMAIN) == [exact, longer, by_name]
    assert await accounts.search(tx, Wanted("@garde"), DOMAIN) == [exact, longer]
    assert await accounts.search(tx, Wanted("GARDE@salle.test"), DOMAIN) == [exact]
    assert await accounts.search(tx, Wanted("garde@ailleurs.test"), DOMAIN) == []
    assert await accounts.search(tx, Wanted("garde", 1, 1), DOMAIN) == [longer]


@pytest.mark.parametrize("typed", ["helene", "Hélène", "HÉL", "d'hel", "helene du", "du coeur"])
async def test_search_is_deaf_to_accents_and_case(tx: Tx, typed: str) -> None:
    account_id = await named(tx, "hcoeur", "d'Hélène Du Cœur")
    assert await accounts.search(tx, Wanted(typed), DOMAIN) == [account_id]


@pytest.mark.parametrize("typed", ["", "   ", "@", "%", "_", "!!", "elene", "bananaman", "a\0b", "x" * 200, "h_oeur", "\\"])
async def test_search_is_not_fuzzy(tx: Tx, typed: str) -> None:
    await named(tx, "hcoeur", "Hélène")
    assert await accounts.search(tx, Wanted(typed), DOMAIN) == []


async def test_search_finds_who_hides_by_the_exact_handle_only(tx: Tx) -> None:
    account_id = await named(tx, "discrete", "Anne", discoverable=False)
    assert await accounts.search(tx, Wanted("discr"), DOMAIN) == []
    assert await accounts.search(tx, Wanted("anne"), DOMAIN) == []
    assert await accounts.search(tx, Wanted("Discrete"), DOMAIN) == [account_id]
    assert await accounts.search(tx, Wanted("@discrete@salle.test"), DOMAIN) == [account_id]


async def test_search_finds_neither_suspended_nor_pending(tx: Tx) -> None:
    account_id = await named(tx, "absente", "")
    await accounts.suspend(tx, account_id)
    assert await accounts.search(tx, Wanted("absente"), DOMAIN) == []
    assert await accounts.search(tx, Wanted("absente@salle.test"), DOMAIN) == []


# Profile.


async def test_only_what_is_given_changes(told: Told, tx: Tx) -> None:
    account_id = await named(tx, "dom", "Dominique")
    await accounts.update_profile(tx, account_id, ProfileChange(note=" Bonjour \n\n\n\n\n nuit ", locked=True, language="hr"))
    before = await accounts.one(tx, account_id)
    assert (before.name, before.locked, before.language) == ("Dominique", True, "hr")
    assert await accounts.update_profile(tx, account_id, ProfileChange()) == []
    assert await accounts.one(tx, account_id) == before
    assert told.of(ProfileChanged) == [ProfileChanged(account_id)] * 2


async def test_a_profile_change_raises_the_version(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    await accounts.update_profile(tx, account_id, ProfileChange(bot=True, family=Family.DIRECTION, mode="reader"))
    one = await accounts.one(tx, account_id)
    assert (one.version, one.bot, one.family, one.mode) == (2, True, Family.DIRECTION, "reader")


async def test_fields_are_kept_in_order_without_the_empty_ones(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    change = ProfileChange(fields=[("Service", "Réanimation"), ("", " "), ("Depuis", "2009")])
    await accounts.update_profile(tx, account_id, change)
    assert (await accounts.one(tx, account_id)).fields == [("Service", "Réanimation"), ("Depuis", "2009")]


async def test_sites_are_kept_by_their_domain(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    change = ProfileChange(attribution_domains=["https://Exemple.test/", "exemple.test", ""], quote_policy="followers")
    await accounts.update_profile(tx, account_id, change)
    one = await accounts.one(tx, account_id)
    assert (one.attribution_domains, one.quote_policy) == (["exemple.test"], "followers")


FAMILY_EMOJI = "\N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL}"


async def test_a_name_is_measured_as_people_count(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    await accounts.update_profile(tx, account_id, ProfileChange(name=FAMILY_EMOJI * 30))
    with pytest.raises(BadInput):
        await accounts.update_profile(tx, account_id, ProfileChange(name="a" * 31))


@pytest.mark.parametrize(
    "change",
    [
        ProfileChange(note="a" * 501),
        ProfileChange(note="https://exemple.test/" + "a" * 5000),
        ProfileChange(name="https://exemple.test/" + "a" * 500),
        ProfileChange(fields=[("a", "b")] * 5),
        ProfileChange(fields=[("", "b")]),
        ProfileChange(fields=[("a", "b" * 256)]),
        ProfileChange(fields=[("a" * 256, "b")]),
        ProfileChange(language="français"),
        ProfileChange(attribution_domains=["exemple"]),
        ProfileChange(attribution_domains=["exemple.test/page"]),
        ProfileChange(attribution_domains=["a" * 300 + ".test"]),
        ProfileChange(attribution_domains=[f"site{n}.test" for n in range(11)]),
        ProfileChange(avatar_description="a" * 1501),
    ],
)
async def test_what_is_too_long_or_unknown_is_refused(tx: Tx, change: ProfileChange) -> None:
    account_id = await accounts.create(tx, "dom", None)
    with pytest.raises(BadInput):
        await accounts.update_profile(tx, account_id, change)


async def test_a_new_picture_gives_the_old_one_back(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    assert await accounts.update_profile(tx, account_id, ProfileChange(avatar="a", header="b")) == []
    assert await accounts.update_profile(tx, account_id, ProfileChange(avatar="c")) == ["a"]
    assert await accounts.update_profile(tx, account_id, ProfileChange(avatar=None, header=None)) == ["c", "b"]
    one = await accounts.one(tx, account_id)
    assert (one.avatar, one.header) == (None, None)


# Standing.


async def test_suspending_closes_sessions_and_restoring_opens_the_account(told: Told, tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", PASSWORD)
    cookie, _ = await accounts.open_session(tx, account_id)
    token = await accounts.give_token(tx, account_id, ["read"])
    await accounts.suspend(tx, account_id)
    await accounts.suspend(tx, account_id)
    assert await accounts.session(tx, cookie) is None
    caller = await accounts.caller_of(tx, token)
    assert caller is not None
    assert caller.state == "suspended"
    await accounts.restore(tx, account_id)
    await accounts.restore(tx, account_id)
    assert (await accounts.one(tx, account_id)).state == "active"
    assert told.of(Suspended) == [Suspended(account_id)]
    assert told.of(Restored) == [Restored(account_id)]


async def test_silence_and_roles(tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    await accounts.silence(tx, account_id)
    await accounts.set_role(tx, account_id, "host")
    one = await accounts.one(tx, account_id)
    assert (one.silenced, one.role, one.keeps_house, one.version) == (True, "host", True, 3)
    await accounts.unsilence(tx, account_id)
    assert not (await accounts.one(tx, account_id)).silenced
    with pytest.raises(BadInput):
        await accounts.set_role(tx, account_id, "dieu")


async def waiting(told: Told) -> int:
    return (await told.enter("patiente", "approval", reason="Je suis aide-soignante."))[0]


async def test_approving_lets_in_and_forgets_the_reason(told: Told, tx: Tx) -> None:
    account_id = await waiting(told)
    assert await accounts.pending(tx, 10) == [(account_id, "Je suis aide-soignante.")]
    await accounts.approve(tx, account_id)
    assert (await accounts.one(tx, account_id)).state == "active"
    assert await accounts.pending(tx, 10) == []
    assert await tx.value("SELECT application FROM accounts") == ""
    assert told.of(Restored) == [Restored(account_id)]
    with pytest.raises(Conflict):
        await accounts.approve(tx, account_id)


async def test_rejecting_erases_only_who_waits(told: Told, tx: Tx) -> None:
    account_id = await waiting(told)
    await accounts.reject(tx, account_id)
    with pytest.raises(Missing):
        await accounts.one(tx, account_id)
    member = await accounts.create(tx, "dom", None)
    with pytest.raises(Conflict):
        await accounts.reject(tx, member)


async def test_erasing_leaves_no_row_that_names_the_account(told: Told, tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", PASSWORD)
    token = await accounts.give_token(tx, account_id, ["read"])
    cookie, _ = await accounts.open_session(tx, account_id)
    await accounts.create_invitation(tx, account_id)
    await accounts.update_profile(tx, account_id, ProfileChange(avatar="a", header="b"))
    assert await accounts.erase(tx, account_id) == ["a", "b"]
    assert await accounts.caller_of(tx, token) is None
    assert await accounts.session(tx, cookie) is None
    for table in ("accounts", "credentials", "sessions", "tokens", "grants", "invitations"):
        assert await tx.value(f"SELECT count(*) FROM {table}") == 0, table
    assert told.events[-2:] == [AccountErased(account_id), AccessRevoked(account_id, None)]
    assert not await accounts.anybody(tx)


async def test_the_account_is_still_there_when_its_erasure_is_told(told: Told, tx: Tx) -> None:
    account_id = await accounts.create(tx, "dom", None)
    seen = []

    async def look(lent: Tx, event: AccountErased) -> None:
        seen.append((await accounts.one(lent, event.account_id)).handle)

    assert told.db.wiring is not None
    told.db.wiring.now[AccountErased] = (look,)
    await accounts.erase(tx, account_id)
    assert seen == ["dom"]


async def test_sweeping_forgets_only_what_has_expired(told: Told, tmp_path: Path) -> None:
    account_id, _ = await told.enter("dom")
    async with told.db.transaction() as tx:
        kept, _ = await accounts.open_session(tx, account_id)
        await accounts.open_session(tx, account_id)
        await tx.run("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE hash <> sha256(%s)", [kept.encode()])
    site = Site(None, told.db, None, None, None, None)  # type: ignore[arg-type]
    await accounts.sweep(site)
    async with told.db.reading() as tx:
        assert await accounts.session(tx, kept) is not None
        assert await tx.value("SELECT count(*) FROM sessions") == 1
