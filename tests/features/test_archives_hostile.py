"""Archives that are broken, or made to harm: each is told, hinders nothing else, and takes no more than its bound."""

from __future__ import annotations

import io
import json
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from salledepause.features.archives import Outcome
from salledepause.kernel.config import Settings
from salledepause.kernel.errors import BadInput, Refusal
from tests.features.archives_house import Importing, importing, refusals, sums
from tests.kernel.media_samples import drawing, saved
from tests.support.mastodon_archive import ACTOR, members, note, tarred, zipped

PNG = saved(drawing(), "PNG")
TEN = [note(number) for number in range(1, 11)]


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Importing]:
    async with importing(settings) as opened:
        await opened.person("plume")
        yield opened


async def numbers(house: Importing) -> list[int]:
    """Return which of the numbered messages are in."""
    return [int(one.text.removeprefix("Message ")) for one in await house.said((await house.who("plume")).id)]


def pictures(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.png"))


def spoiled(change: Callable[[bytes], bytes], name: str = "outbox.json") -> dict[str, bytes]:
    files = members(TEN)
    return files | {name: change(files[name])}


def fourth(outbox: bytes) -> int:
    """Return where the fourth element begins."""
    return outbox.index(f'{{"id": "{ACTOR}/statuses/4/activity"'.encode())


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (lambda raw: raw[: fourth(raw) + 30] + b"\x00\xff" + raw[fourth(raw) + 32 :], [4]),
        (lambda raw: raw[: fourth(raw)] + b"{" + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b'"' + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b"]}}" + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b"[" * 100_000 + b"]" * 100_000 + b"," + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b'"' + b"x" * (2 << 20) + b'",' + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b"9" * 5000 + b"," + raw[fourth(raw) :], [4]),
        (lambda raw: raw[: fourth(raw)] + b'{"id": "x", "type": "Create",' + raw[fourth(raw) :], [4]),
    ],
)
async def test_what_is_broken_in_the_middle_hides_nothing_else(
    house: Importing, tmp_path: Path, change: Callable[[bytes], bytes], lost: list[int]
) -> None:
    steps = await house.bring(zipped(tmp_path / "a.zip", spoiled(change)), "plume")
    assert [place for _, place, _ in refusals(steps)] == lost
    found = await numbers(house)
    assert [one for one in range(1, 11) if one not in found] in ([], [4])
    assert len(await numbers(house)) >= 9


async def test_a_list_that_stops_in_the_middle_keeps_what_precedes(house: Importing, tmp_path: Path) -> None:
    steps = await house.bring(zipped(tmp_path / "a.zip", spoiled(lambda raw: raw[: fourth(raw) + 99])), "plume")
    assert [place for _, place, _ in refusals(steps)] == [4]
    assert await numbers(house) == [1, 2, 3]
    await house.bring(zipped(tmp_path / "b.zip", members(TEN)), "plume")
    assert sorted(await numbers(house)) == list(range(1, 11))


@pytest.mark.parametrize("write", [zipped, tarred])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 0.97])
async def test_an_archive_that_was_cut_off_gives_what_it_still_holds(
    house: Importing, tmp_path: Path, write: Callable[..., Path], share: float
) -> None:
    noise = random.Random(1).randbytes(60_000)  # noqa: S311 - what does not compress
    files = {"actor.json": members([])["actor.json"]} | members([note(number) for number in range(1, 200)]) | {"end": noise}
    path = write(tmp_path / "a", files)
    path.write_bytes(path.read_bytes()[: int(len(path.read_bytes()) * share)])
    steps = await house.bring(path, "plume")
    assert ("a", 0) in [(file, place) for file, place, _ in refusals(steps)]
    assert len(await numbers(house)) == 199 or share < 0.5


async def test_a_file_that_is_not_what_it_was_is_told(house: Importing, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", members(TEN))
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("outbox.json").header_offset
    raw = bytearray(path.read_bytes())
    raw[at + 200] ^= 0xFF
    path.write_bytes(raw)
    steps = await house.bring(path, "plume")
    assert ("outbox.json", 0) in [(file, place) for file, place, _ in refusals(steps)]


@pytest.mark.parametrize("content", [b"", b"rien", b"PK\x03\x04" + b"x" * 99, b"\x1f\x8b" + b"x" * 99, b"\x00" * 5000])
async def test_what_is_no_archive_is_refused_whole(house: Importing, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(BadInput):
        await house.bring(tmp_path / "a", "plume")


async def test_without_its_actor_an_archive_needs_to_be_told_whose_it_is(house: Importing, tmp_path: Path) -> None:
    for files in (spoiled(lambda _: b"{", "actor.json"), {k: v for k, v in members(TEN).items() if k != "actor.json"}):
        path = zipped(tmp_path / "a.zip", files)
        with pytest.raises(BadInput, match="--to"):
            await house.bring(path)
        steps = await house.bring(path, "plume")
        assert [file for file, _, _ in refusals(steps)] == ["actor.json"]
    assert len(await numbers(house)) == 10


async def test_names_lead_nowhere_and_links_are_no_files(house: Importing, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    names = ["../../secret.png", str(secret), "media_attachments/../../../secret.png", "media_attachments/link.png"]
    items = [note(n, attachment=[{"type": "Document", "url": name}]) for n, name in enumerate(names, 1)]
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in members(items).items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("media_attachments/link.png")
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
        info = tarfile.TarInfo("../../../planted.png")
        info.size = len(PNG)
        archive.addfile(info, io.BytesIO(PNG))
    path = folder / "a.tar"
    path.write_bytes(raw.getvalue())
    before = pictures(tmp_path)
    steps = await house.bring(path, "plume")
    assert [place for _, place, _ in refusals(steps)] == [1, 2, 3, 4]
    assert len(await numbers(house)) == 4
    assert not any(one.media for one in await house.said((await house.who("plume")).id))
    assert pictures(tmp_path) == before


async def test_zip_links_encrypted_and_exotic_members_are_no_files(house: Importing, tmp_path: Path) -> None:
    names = [f"media_attachments/{n}.png" for n in range(3)]
    path = zipped(tmp_path / "a.zip", members([note(1, attachment=[{"type": "Document", "url": name} for name in names])]))
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(names[0])
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(zipfile.ZipInfo(names[1]), PNG, compress_type=zipfile.ZIP_LZMA)
        archive.writestr(zipfile.ZipInfo(names[2]), PNG)
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(names[2].encode()) - 46 + 8] |= 1  # the central directory says that it is encrypted
    path.write_bytes(raw)
    steps = await house.bring(path, "plume")
    assert [place for _, place, _ in refusals(steps)] == [1, 1, 1]
    assert await numbers(house) == [1]


@pytest.mark.parametrize("write", [zipped, tarred])
async def test_what_unfolds_beyond_measure_is_refused_in_little_memory(
    house: Importing, tmp_path: Path, write: Callable[..., Path]
) -> None:
    zeros = b"\x00" * (120 << 20)
    name = "media_attachments/bomb.png"
    path = write(tmp_path / "a", members([note(1, attachment=[{"type": "Document", "url": name}])]) | {name: zeros})
    del zeros
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    if write is tarred:
        with pytest.raises(BadInput, match="démesurément"):
            await house.bring(path, "plume")
    else:
        steps = await house.bring(path, "plume")
        assert [why for _, _, why in refusals(steps)] == [f"{name} : Ce fichier de l'archive est trop lourd : 99 Mio au plus."]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 << 20


async def test_an_index_that_says_that_it_is_huge_is_not_believed(house: Importing, tmp_path: Path) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in members(TEN).items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 40 << 20
    path = tmp_path / "a.tar"
    path.write_bytes(raw.getvalue()[: raw.getvalue().rindex(b"actor.json") + 10240] + header.tobuf() + b"\x00" * (41 << 20))
    await house.bring(path, "plume")
    zipped(tmp_path / "b.zip", members(TEN))
    lie = bytearray((tmp_path / "b.zip").read_bytes())
    end = lie.rindex(b"PK\x05\x06")
    lie[end + 12 : end + 16] = struct.pack("<I", 0xFFFF0000)
    (tmp_path / "b.zip").write_bytes(lie)
    steps = await house.bring(tmp_path / "b.zip", "plume")
    assert sums(steps)[Outcome.KNOWN if await numbers(house) else Outcome.DONE] == 10


async def test_files_that_cannot_be_shown_are_told_and_the_words_come(house: Importing, tmp_path: Path) -> None:
    names = [f"media_attachments/{n}" for n in range(6)]
    files = {names[0]: b"no picture", names[1]: PNG[:-40], names[2]: PNG, names[3]: PNG, names[4]: PNG, names[5]: PNG}
    items = [
        note(1, attachment=[{"type": "Document", "url": name} for name in names]),
        note(2, attachment=[{"type": "Document", "url": names[2], "name": "x" * 3000}]),
        note(3, "<p></p>", attachment=[{"type": "Document", "url": "nowhere"}]),
        note(4, attachment={"url": 3}),
        note(5, attachment=[{"type": "Link", "href": "https://x.example"}, 4, {"url": 3}, {"type": "Document"}]),
    ]
    steps = await house.bring(zipped(tmp_path / "a.zip", members(items) | files), "plume")
    said = await house.said((await house.who("plume")).id)
    assert sorted({place for _, place, _ in refusals(steps)}) == [1, 2, 3]
    assert [len(one.media) for one in said] in ([2, 0, 0, 0], [3, 0, 0, 0])
    assert len(said) == 4


async def test_hostile_profiles_fill_nothing_they_should_not(house: Importing, tmp_path: Path) -> None:
    wild: dict[str, object] = {
        "id": ACTOR,
        "preferredUsername": "nouvelle",
        "name": "n" * 500,
        "attachment": [{"name": 1, "value": {}}, 3],
    }
    wild |= {"icon": [], "published": "0000", "source": [], "salledepause": {"family": "direction", "role": "admin"}}
    await house.bring(zipped(tmp_path / "a.zip", members([]) | {"actor.json": json.dumps(wild).encode()}))
    made = await house.who("nouvelle")
    assert (made.name, made.role, made.family) == ("", "member", "autre")
    for name in ("nom avec espaces", "", "x" * 31, "a/../b"):
        files = members([]) | {"actor.json": json.dumps(wild | {"preferredUsername": name}).encode()}
        with pytest.raises(Refusal):
            await house.bring(zipped(tmp_path / "b.zip", files))
    for uri in ("javascript:1", 5, None, "https://x/" + "y" * 3000, "https://a\x00b/"):
        files = members([]) | {"actor.json": json.dumps(wild | {"id": uri}).encode()}
        with pytest.raises(Refusal):
            await house.bring(zipped(tmp_path / "b.zip", files))


async def test_whatever_bytes_are_changed_only_refusals_are_told(house: Importing, tmp_path: Path) -> None:
    chance = random.Random(20261129)  # noqa: S311 - the same every day
    items = [*TEN, note(11, attachment=[{"type": "Document", "url": "media_attachments/x"}]), note(12, type="Question", oneOf=[])]
    files = members(items, [f"{ACTOR}/statuses/1"]) | {"media_attachments/x": PNG, "lists.csv": b"x,y\n", "avatar.png": b"x"}
    for turn in range(40):
        write = zipped if turn % 2 else tarred
        name = chance.choice(list(files))
        inner = bytearray(files[name])
        for _ in range(chance.randrange(1, 8)):
            inner[chance.randrange(len(inner))] = chance.randrange(256)
        raw = bytearray(write(tmp_path / "a", files | {name: bytes(inner)}).read_bytes())
        if turn % 3 == 0:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        (tmp_path / "a").write_bytes(raw)
        try:
            await house.bring(tmp_path / "a", "plume")
        except Refusal:
            continue
    assert len(await numbers(house)) == len(set(await numbers(house)))
