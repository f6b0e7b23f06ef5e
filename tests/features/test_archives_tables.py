"""The tables that Mastodon exports: read line by line, with or without titles, twice as once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salledepause.features import graph
from salledepause.features.archives import Outcome, What
from salledepause.kernel.config import Settings
from tests.features.archives_house import ALL, Importing, importing

HOME = "salle.test"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        yield opened


async def outcomes(house: Importing, me: int, what: What, file: Path) -> list[tuple[int, Outcome]]:
    return [(step.place, step.outcome) for step in await house.table(me, what, file)]


async def test_follows_come_with_their_manners(house: Importing, tmp_path: Path) -> None:
    me, amie, voisin, shy = [await house.person(name) for name in ("moi", "amie", "voisin", "farouche")]
    await house.do(graph.block, shy, me)
    file = tmp_path / "f.csv"
    file.write_text(
        "Account address,Show boosts,Notify on new posts,Languages\n"
        f'amie@{HOME},false,true,"fr, en"\n'
        f"@VOISIN@{HOME}\n"
        "loin@ailleurs.example,true,false,\n"
        f"\nfarouche@{HOME},true,false,\nmoi,,,\n"
        f'"amie@{HOME}\nvoisin@{HOME},true,false,klingon!\n'
    )
    done, known, absent, refused = Outcome.DONE, Outcome.KNOWN, Outcome.ABSENT, Outcome.REFUSED
    told = [(2, done), (3, done), (4, absent), (6, refused), (7, refused), (8, known), (9, refused)]
    assert await outcomes(house, me, What.FOLLOWS, file) == told
    tie = await house.tie(me, amie)
    assert (tie.following, tie.boosts, tie.notify) == (True, True, False)  # the last line that names her says nothing more
    assert (await house.tie(me, voisin)).following
    again = await outcomes(house, me, What.FOLLOWS, file)
    assert again[:2] == [(2, known), (3, known)]
    assert (await house.who("moi")).following_count == 2


async def test_lists_hold_whom_one_follows_and_are_made_once(house: Importing, tmp_path: Path) -> None:
    me, amie, _ = [await house.person(name) for name in ("moi", "amie", "autre")]
    await house.do(graph.follow, me, amie)
    file = tmp_path / "lists.csv"
    file.write_text(f"Nuit,amie@{HOME}\nNuit,autre@{HOME}\nNuit,personne@{HOME}\n,amie\nVide,,none,true\nFausse,,tout\n")
    done, absent, refused = Outcome.DONE, Outcome.ABSENT, Outcome.REFUSED
    told = [(1, done), (2, absent), (3, absent), (4, refused), (5, done), (6, refused)]
    for _ in range(2):
        assert await outcomes(house, me, What.LISTS, file) == told
    empty, night = reversed(await house.do(graph.all_lists, me))
    assert (night.title, night.replies_policy, empty.title, empty.replies_policy, empty.exclusive) == (
        "Nuit",
        "list",
        "Vide",
        "none",
        True,
    )
    assert (await house.do(graph.members, me, night.id, ALL)).items == [amie]


async def test_mutes_blocks_and_servers(house: Importing, tmp_path: Path) -> None:
    me, amie, voisin, autre = [await house.person(name) for name in ("moi", "amie", "voisin", "autre")]
    mutes, blocks, domains = (tmp_path / name for name in ("m.csv", "b.csv", "d.csv"))
    mutes.write_text(
        f"Account address,Hide notifications,Expires at\namie@{HOME},false,\nvoisin,,2999-01-01T00:00:00Z\n"
        "autre,,2001-01-01\nx,,\namie,true,hier\n"
    )
    done, known, absent, refused = Outcome.DONE, Outcome.KNOWN, Outcome.ABSENT, Outcome.REFUSED
    assert await outcomes(house, me, What.MUTES, mutes) == [(2, done), (3, refused), (4, known), (5, absent), (6, refused)]
    tie = await house.tie(me, amie)
    assert (tie.muting, tie.muting_notifications, (await house.tie(me, voisin)).muting) == (True, False, False)
    blocks.write_bytes(b"\xef\xbb\xbfautre@" + HOME.encode() + b"\nmoi\n\xff\xfe\x00\n")
    assert await outcomes(house, me, What.BLOCKS, blocks) == [(1, done), (2, refused), (3, absent)]
    assert (await house.tie(me, autre)).blocking
    domains.write_text("#domain\nLoin.Example\nloin.example\n<script>\n" + HOME + "\n")
    assert await outcomes(house, me, What.DOMAIN_BLOCKS, domains) == [(2, done), (3, done), (4, refused), (5, refused)]
    assert (await house.do(graph.blocked_domains, me, ALL)).items == ["loin.example"]


async def test_bookmarks_of_what_one_may_see(house: Importing, tmp_path: Path) -> None:
    me, amie = [await house.person(name) for name in ("moi", "amie")]
    said = await house.say(amie, "Gardez")
    file = tmp_path / "b.csv"
    file.write_text(
        f"{house.site.post_url('amie', said)}\nhttps://{HOME}/users/amie/statuses/{said}\nhttps://{HOME}/@amie/99\nx\n"
    )
    done, known, absent, refused = Outcome.DONE, Outcome.KNOWN, Outcome.ABSENT, Outcome.REFUSED
    assert await outcomes(house, me, What.BOOKMARKS, file) == [(1, done), (2, known), (3, absent), (4, refused)]
    assert (await house.gestures(me))[1] == [said]


async def test_a_line_without_end_costs_no_more_than_its_bound(house: Importing, tmp_path: Path) -> None:
    me, amie = [await house.person(name) for name in ("moi", "amie")]
    file = tmp_path / "f.csv"
    file.write_bytes(b"x" * 1_000_000 + b"\n" + b'"' * 70_000 + b"\namie\n")
    told = await outcomes(house, me, What.FOLLOWS, file)
    assert told[-1][1] is Outcome.DONE
    assert {outcome for _, outcome in told[:-1]} == {Outcome.ABSENT}
    assert (await house.tie(me, amie)).following
