"""Coming in, coming back, and the secrets that open an account."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salledepause.features import accounts
from salledepause.features.accounts import AccessRevoked, Refused, SignedUp, recovery_words
from salledepause.features.accounts.passwords import HASHER, weakness
from salledepause.features.accounts.signup import RESERVED
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Unauthenticated
from tests.features.accounts_house import PASSWORD, QUICK, Told

NEW = "un autre mot de passe"


@pytest.fixture
async def tx(told: Told) -> AsyncIterator[Tx]:
    async with told.db.reading() as lent:
        yield lent


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in refused.value.problems]


async def test_signing_up_makes_an_active_account(told: Told, tx: Tx) -> None:
    account_id, words = await told.enter(language="en-GB", mode="reader")
    one = await accounts.one(tx, account_id)
    assert (one.state, one.language, one.mode, one.discoverable) == ("active", "en", "reader", False)
    assert len(words) == 8
    assert told.events == [SignedUp(account_id)]
    assert await told.sign_in("@Ginette", PASSWORD) == account_id


@pytest.mark.parametrize("handle", ["a", "0", "_", "1234567890", "a" * 30, "Z_9"])
async def test_handles_that_are_welcome(told: Told, tx: Tx, handle: str) -> None:
    await told.enter(handle)
    assert (await accounts.by_handle(tx, handle)).handle == handle


@pytest.mark.parametrize(
    ("handle", "code"),
    [
        ("", "ERR_BLANK"),
        ("a" * 31, "ERR_INVALID"),
        ("gin ette", "ERR_INVALID"),
        ("gin-ette", "ERR_INVALID"),
        ("gínette", "ERR_INVALID"),
        ("ginettе", "ERR_INVALID"),  # the last letter is Cyrillic
        ("ginette\n", "ERR_INVALID"),
        ("Admin", "ERR_RESERVED"),
        ("oauth", "ERR_RESERVED"),
        ("GINETTE", "ERR_TAKEN"),
    ],
)
async def test_handles_that_are_refused(told: Told, handle: str, code: str) -> None:
    await told.enter("ginette")
    with pytest.raises(Refused) as refused:
        await told.enter(handle)
    assert codes(refused) == [("handle", code)]


def test_every_reserved_handle_could_be_typed() -> None:
    assert all(re.fullmatch(r"[a-z0-9_]{1,30}", one) for one in RESERVED)


async def test_hosts_take_reserved_handles_but_no_weak_password(told: Told) -> None:
    await told.do(accounts.create, "admin", PASSWORD)
    with pytest.raises(Refused):
        await told.do(accounts.create, "moderation", "court")
    with pytest.raises(Refused):
        await told.do(accounts.create, "Admin", None)


@pytest.mark.parametrize("password", ["court", "azertyuiop", "MotDePasse123", "aaaaaaaaaaaa", "Ginette_de_nuit", "x" * 257])
def test_passwords_that_are_refused(password: str) -> None:
    assert isinstance(weakness(password, "ginette_de_nuit"), BadInput)


@pytest.mark.parametrize("password", ["trois chats", "é" * 5 + "abcdefg", "f" * 20 + "0123456789abcdef" * 2])
def test_passwords_that_will_do(password: str) -> None:
    assert weakness(password, "ginette") is None


async def test_every_problem_is_told_at_once(told: Told) -> None:
    with pytest.raises(Refused) as refused:
        await told.enter("à", "approval", password="court")
    assert codes(refused) == [("handle", "ERR_INVALID"), ("password", "ERR_TOO_SHORT"), ("reason", "ERR_BLANK")]
    assert str(refused.value).startswith("Un pseudonyme a de 1 à 30 caractères")


async def test_one_handle_for_one_of_many_who_want_it(told: Told) -> None:
    async def try_it() -> bool:
        try:
            await told.enter("convoitee")
        except Refused:
            return False
        return True

    assert sum(await asyncio.gather(*(try_it() for _ in range(4)))) == 1


async def test_an_invitation_opens_as_often_as_it_says(told: Told, tx: Tx) -> None:
    code = await told.do(accounts.create_invitation, None, uses=2, days=1)

    async def come(handle: str, typed: str) -> int:
        return (await told.enter(handle, "invitation", invitation=typed))[0]

    await come("une", code)
    await come("deux", code)
    for wrong in (code, "", code + "x"):
        with pytest.raises(Refused) as refused:
            await come("trois", wrong)
        assert codes(refused) == [("invitation", "ERR_INVALID")]
    assert code.encode() not in bytes(await tx.value("SELECT hash FROM invitations"))


async def test_an_invitation_expires(told: Told, tx: Tx) -> None:
    code = await told.do(accounts.create_invitation, None, uses=1, days=1)
    await tx.run("UPDATE invitations SET expires_at = now() - interval '1 second'")
    with pytest.raises(Refused):
        await told.enter("tard", "invitation", invitation=code)


@pytest.mark.parametrize(("uses", "days"), [(0, 1), (1, 0), (1001, 1), (1, 366)])
async def test_invitations_have_bounds(told: Told, uses: int, days: int) -> None:
    with pytest.raises(BadInput):
        await told.do(accounts.create_invitation, None, uses, days)


# Coming back.


async def test_a_wrong_password_and_an_unknown_handle_are_told_alike(told: Told) -> None:
    await told.enter()
    said = set[str]()
    for handle, password in (("ginette", "pas celui-là !"), ("personne", PASSWORD), ("@", PASSWORD)):
        with pytest.raises(Unauthenticated) as refused:
            await told.sign_in(handle, password)
        said.add(str(refused.value))
    assert len(said) == 1


async def test_a_suspended_account_learns_it_only_with_its_password(told: Told) -> None:
    account_id, _ = await told.enter()
    await told.do(accounts.suspend, account_id)
    with pytest.raises(Forbidden):
        await told.sign_in("ginette", PASSWORD)
    with pytest.raises(Unauthenticated):
        await told.sign_in("ginette", "pas celui-là !")


async def test_an_account_without_password_cannot_be_signed_in_to(told: Told) -> None:
    await told.do(accounts.create, "figurante", None)
    with pytest.raises(Unauthenticated):
        await told.sign_in("figurante", "")


async def test_a_password_typed_on_another_keyboard_is_the_same(told: Told) -> None:
    await told.enter(password="été à l'hôpital")
    decomposed = "e\u0301te\u0301 a\u0300 l'ho\u0302pital"
    assert await told.sign_in("ginette", decomposed)


async def test_the_hash_is_renewed_when_the_setting_changes(told: Told, tx: Tx) -> None:
    await told.enter()
    before = await tx.value("SELECT password FROM credentials")
    await told.sign_in("ginette", PASSWORD)
    assert await tx.value("SELECT password FROM credentials") == before
    await told.sign_in("ginette", PASSWORD, HASHER)
    after = await tx.value("SELECT password FROM credentials")
    assert after.startswith("$argon2id$v=19$m=32768,t=3,p=4$")
    assert await told.sign_in("ginette", PASSWORD, HASHER)


async def test_an_unknown_handle_takes_as_long_as_a_known_one(told: Told) -> None:
    await told.do(accounts.create, "ginette", PASSWORD)

    async def time_of(handle: str) -> float:
        began = time.perf_counter()
        with pytest.raises(Unauthenticated):
            await told.sign_in(handle, "pas celui-là !", HASHER)
        return time.perf_counter() - began

    known = min([await time_of("ginette") for _ in range(3)])
    unknown = min([await time_of("personne") for _ in range(3)])
    assert 0.3 < unknown / known < 3


async def test_a_password_hash_costs_real_work() -> None:
    began = time.perf_counter()
    await HASHER.hash(PASSWORD)
    assert time.perf_counter() - began > 0.01


async def test_changing_a_password_closes_everything_else(told: Told, tx: Tx) -> None:
    account_id, _ = await told.enter()
    (here, _), (elsewhere, _) = await told.do(accounts.open_session, account_id), await told.do(accounts.open_session, account_id)
    token = await told.do(accounts.give_token, account_id, ["read"])
    with pytest.raises(Forbidden):
        await accounts.change_password(told.site, account_id, ("pas celui-là !", NEW), here, QUICK)
    with pytest.raises(BadInput):
        await accounts.change_password(told.site, account_id, (PASSWORD, "court"), here, QUICK)
    assert await accounts.session(tx, elsewhere) is not None
    await accounts.change_password(told.site, account_id, (PASSWORD, NEW), here, QUICK)
    assert await accounts.session(tx, here) is not None
    assert await accounts.session(tx, elsewhere) is None
    assert await accounts.caller_of(tx, token) is None
    assert told.of(AccessRevoked) == [AccessRevoked(account_id, None)]
    assert await told.sign_in("ginette", NEW) == account_id
    with pytest.raises(Unauthenticated):
        await told.sign_in("ginette", PASSWORD)


async def test_hosts_set_a_password_and_close_everything(told: Told, tx: Tx) -> None:
    account_id = await told.do(accounts.create, "sans", None)
    cookie, _ = await told.do(accounts.open_session, account_id)
    words = await told.do(accounts.set_password, account_id, NEW, QUICK)
    assert await accounts.session(tx, cookie) is None
    assert await told.sign_in("sans", NEW) == account_id
    assert len(await accounts.recover(told.site, "sans", " ".join(words), PASSWORD, QUICK)) == 8


# Recovery words.


def test_the_list_of_words_is_long_short_and_plain() -> None:
    words = recovery_words.words()
    folded = {recovery_words.folded(word) for word in words}
    assert len(folded) == len(words) >= 1024
    assert all(re.fullmatch(r"[a-z]{3,10}", one) for one in folded)


async def test_words_open_the_account_again_once(told: Told, tx: Tx) -> None:
    account_id, words = await told.enter()
    cookie, _ = await told.do(accounts.open_session, account_id)
    token = await told.do(accounts.give_token, account_id, ["read"])
    typed = recovery_words.folded(" ".join(words)).upper().replace(" ", " - ")
    fresh = await accounts.recover(told.site, "@GINETTE", typed, NEW, QUICK)
    assert fresh != words
    assert await accounts.session(tx, cookie) is None
    assert await accounts.caller_of(tx, token) is None
    assert await told.sign_in("ginette", NEW) == account_id
    with pytest.raises(Unauthenticated):
        await accounts.recover(told.site, "ginette", " ".join(words), PASSWORD, QUICK)
    await accounts.recover(told.site, "ginette", " ".join(fresh), PASSWORD, QUICK)


async def test_wrong_words_change_nothing(told: Told) -> None:
    account_id, words = await told.enter()
    backwards = " ".join(reversed(words))
    seven, all_of_them = " ".join(words[:7]), " ".join(words)
    for handle, typed in (("ginette", backwards), ("ginette", ""), ("ginette", seven), ("personne", all_of_them)):
        with pytest.raises(Unauthenticated):
            await accounts.recover(told.site, handle, typed, NEW, QUICK)
    with pytest.raises(BadInput):
        await accounts.recover(told.site, "ginette", " ".join(words), "court", QUICK)
    assert told.of(AccessRevoked) == []
    assert await told.sign_in("ginette", PASSWORD) == account_id


async def test_an_account_without_words_cannot_be_recovered(told: Told) -> None:
    await told.do(accounts.create, "sans_mots", PASSWORD)
    for typed in ("", "abeille"):
        with pytest.raises(Unauthenticated):
            await accounts.recover(told.site, "sans_mots", typed, NEW, QUICK)


async def test_new_words_replace_the_old_for_who_knows_the_password(told: Told) -> None:
    account_id, old = await told.enter()
    with pytest.raises(Forbidden):
        await accounts.new_words(told.site, account_id, "pas celui-là !", QUICK)
    fresh = await accounts.new_words(told.site, account_id, PASSWORD, QUICK)
    with pytest.raises(Unauthenticated):
        await accounts.recover(told.site, "ginette", " ".join(old), NEW, QUICK)
    await accounts.recover(told.site, "ginette", " ".join(fresh), NEW, QUICK)


@given(st.text(max_size=80))
def test_folding_is_plain_and_stable(typed: str) -> None:
    once = recovery_words.folded(typed)
    assert re.fullmatch(r"([a-z]+( [a-z]+)*)?", once)
    assert recovery_words.folded(once) == once


# Sessions.


async def test_a_session_says_whose_it_is_until_it_is_closed(told: Told, tx: Tx) -> None:
    account_id, _ = await told.enter()
    cookie, csrf = await told.do(accounts.open_session, account_id)
    found = await accounts.session(tx, cookie)
    assert found is not None
    assert (found.account_id, found.csrf, found.state) == (account_id, csrf, "active")
    assert accounts.same_word(csrf, found.csrf)
    assert not accounts.same_word(csrf + "\udcff", found.csrf)
    await told.do(accounts.close_session, cookie)
    assert await accounts.session(tx, cookie) is None
    assert told.of(AccessRevoked) == [AccessRevoked(account_id, None)]


async def test_no_cookie_and_old_cookies_open_nothing(told: Told, tx: Tx) -> None:
    account_id, _ = await told.enter()
    cookie, _ = await told.do(accounts.open_session, account_id)
    await tx.run("UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert await accounts.session(tx, cookie) is None
    assert await accounts.session(tx, "") is None
    assert await accounts.session(tx, "\udcff") is None


async def test_no_secret_is_stored(told: Told, tx: Tx) -> None:
    account_id, words = await told.enter()
    cookie, _ = await told.do(accounts.open_session, account_id)
    token = await told.do(accounts.give_token, account_id, ["read"])
    dump = ""
    for table in ("accounts", "credentials", "sessions", "tokens"):
        dump += "\n".join(await tx.values(f"SELECT t::text FROM {table} t"))
    for secret in (PASSWORD, cookie, token, " ".join(words), recovery_words.folded(" ".join(words))):
        assert secret not in dump
        assert secret.encode().hex() not in dump
