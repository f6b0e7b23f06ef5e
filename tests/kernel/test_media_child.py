"""The decoding child, lying, hanging, leaving others behind or taken over: the parent believes and lets through nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salledepause.kernel import media
from tests.kernel import media_samples as samples
from tests.kernel.test_media_hostile import names, refusal

PATIENCE = 30


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


GOOD = (
    '{"kind": "image", "original": {"content_type": "image/png", "width": 120, "height": 80}, "small": {"content_type": '
    '"image/png", "width": 120, "height": 80}, "blurhash": "00TSUA", "duration": null, "frame_rate": null}'
)
LIES = {
    "nothing": "",
    "not json": "print('{')",
    "a flood": "print('x' * 10_000_000)",
    "another shape": "print('[1, 2]')",
    "one more key": "print(GOOD.replace('}, ', '}, \"path\": \"/etc/passwd\", ', 1))",
    "a path": "print(GOOD.replace('image/png', '../../etc'))",
    "no size": "print(GOOD.replace('120', '0'))",
    "a wrong blurhash": "print(GOOD.replace('00TSUA', '90TSUA'))",
    "a script for blurhash": "print(GOOD.replace('00TSUA', '<script>'))",
    "another kind": "print(GOOD.replace('\"image\"', '\"video\"'))",
    "an unknown reason": 'print(\'{"refused": "/etc/passwd"}\')',
    "no file": "os.remove('original'); print(GOOD)",
    "an empty file": "open('small', 'w').close(); print(GOOD)",
    "another format": "open('small', 'w').write('<svg/>'); print(GOOD)",
    "a link": "os.rename('original', 'kept'); os.symlink('kept', 'original'); print(GOOD)",
    "a hard link": "os.link('original', 'other'); print(GOOD)",
    "a folder": "os.remove('small'); os.mkdir('small'); print(GOOD)",
    "a pipe": "os.remove('small'); os.mkfifo('small'); print(GOOD)",
    "a heavy file": "open('small', 'ab').truncate(200_000_000); print(GOOD)",
    "a failure": "print(GOOD); sys.exit(3)",
    "a crash": "print(GOOD); sys.stdout.flush(); os.abort()",
}


def become(patch: pytest.MonkeyPatch, folder: Path, lie: str, ready: str = "print('ready')") -> None:
    """Put another program in the place of the child: it writes two fair pictures, then does as told."""
    picture = samples.saved(samples.drawing(), "PNG")
    (folder / "liar.py").write_text(
        f"import os, sys, time, subprocess\nos.chdir(sys.argv[2])\nGOOD = {GOOD!r}\n"
        f"for name in ('original', 'small'):\n    open(name, 'wb').write({picture!r})\n{ready}\n{lie}\n",
        encoding="utf-8",
    )
    patch.setattr(media, "_IMPORT_ROOT", folder)
    patch.setattr(media, "_CHILD", "liar")


async def test_an_honest_answer_is_accepted(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, tmp_path, "print(GOOD)")
    (tmp_path / "source.bin").write_bytes(samples.saved(samples.drawing(), "PNG"))
    assert (await media.decode(tmp_path / "source.bin", work)).blurhash == "00TSUA"


@pytest.mark.parametrize("lie", LIES)
async def test_lies_are_refused(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    become(monkeypatch, tmp_path, LIES[lie])
    assert str(await refusal(work, samples.saved(samples.drawing(), "PNG")))


async def test_a_child_that_hangs_dies_with_its_children(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, born = unlike_any(), tmp_path / "born"
    become(monkeypatch, tmp_path, f"subprocess.Popen(['sleep', {seconds!r}]); open({str(born)!r}, 'w').close(); time.sleep(60)")
    for wall in (1, 2, 4, 8, 16):  # until it had the time to have children
        caught = await refusal(work, samples.saved(samples.drawing(), "PNG"), media.Limits(image_wall=wall))
        assert isinstance(caught, media.TooLarge)
        if born.exists():
            break
    assert born.exists()
    assert await gone(seconds)


async def test_a_child_that_leaves_others_behind(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = unlike_any()
    become(monkeypatch, tmp_path, f"subprocess.Popen(['sleep', {seconds!r}]); print(GOOD)")
    (tmp_path / "source.bin").write_bytes(samples.saved(samples.drawing(), "PNG"))
    await media.decode(tmp_path / "source.bin", work)
    assert await gone(seconds)


def unlike_any() -> str:
    """Return a minute and a fraction of a second: somebody else on this machine may well sleep for a minute."""
    return f"60.{secrets.randbelow(10**9):09}"


async def gone(seconds: str, *, so: bool = True) -> bool:
    """Whether no process sleeps for that long any more (or one does), be it in a while."""
    wanted = [b"sleep", seconds.encode(), b""]
    last = time.monotonic() + PATIENCE
    while (wanted not in command_lines()) is not so:
        if time.monotonic() > last:
            return False
        await asyncio.sleep(0.05)
    return True


def command_lines() -> list[list[bytes]]:
    """Command lines of the processes of this machine."""
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            lines.append((folder / "cmdline").read_bytes().split(b"\0"))
    return lines


async def test_giving_up_kills_the_child(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = unlike_any()
    become(monkeypatch, tmp_path, f"subprocess.Popen(['sleep', {seconds!r}]); time.sleep(60)")
    (tmp_path / "source.bin").write_bytes(samples.saved(samples.drawing(), "PNG"))
    task = asyncio.create_task(media.decode(tmp_path / "source.bin", work))
    assert await gone(seconds, so=False)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(work) == []
    assert await gone(seconds)


async def test_a_broken_installation_is_not_the_file_s_fault(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, tmp_path, "", ready="import no_such_module")
    (tmp_path / "source.bin").write_bytes(samples.saved(samples.drawing(), "PNG"))
    with pytest.raises(media.BrokenChildError, match="no_such_module"):
        await media.decode(tmp_path / "source.bin", work)


async def test_the_cause_is_noted_but_not_shown(work: Path) -> None:
    caught = await refusal(work, samples.saved(samples.drawing(), "PNG")[:100])
    assert "Traceback" in caught.__notes__[0]
    assert "Traceback" not in str(caught)


CAPTIVE = """
import os, socket, sys
from pathlib import Path
from salledepause.kernel import media_confinement as walls
os.chdir(sys.argv[1])
walls.limit(2**29, 20, 10**6)
walls.isolate()
print("enclosed", walls.enclose(Path(), []))
def tried(name, act):
    try:
        act()
        print(name, "done")
    except OSError as error:
        print(name, "denied")
tried("inside", lambda: Path("file").write_text("x"))
tried("read", lambda: Path("/etc/passwd").read_text())
tried("list", lambda: os.listdir("/"))
tried("write", lambda: Path(sys.argv[2]).write_text("x"))
tried("link", lambda: os.symlink("/etc/passwd", "link"))
tried("run", lambda: os.posix_spawn("/bin/true", ["true"], {}))
tried("connect", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[3])), 2))
tried("large", lambda: Path("large").write_bytes(bytes(2_000_000)))
try:
    bytearray(2**30)
    print("memory", "done")
except MemoryError:
    print("memory", "denied")
print("environment", os.environ == {})
"""


def test_the_child_is_confined(tmp_path: Path) -> None:
    booth = tmp_path / "booth"
    booth.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-E", "-s", "-c", CAPTIVE, str(booth), str(tmp_path / "outside"), port]
        root = Path(media.__file__).parents[2]
        said = subprocess.run(command, cwd=root, env={}, capture_output=True, text=True, check=True, timeout=120).stdout
    told = dict(line.split(" ", 1) for line in said.splitlines())
    assert told.pop("enclosed") in {"True", "False"}
    assert told["inside"] == "done"
    assert told["large"] == told["memory"] == "denied"
    if "enclosed True" not in said:
        pytest.skip("this kernel has no Landlock: limits hold, the disk and the network stay open")
    assert {told[name] for name in ("read", "list", "write", "link", "run", "connect")} == {"denied"}
    assert not (tmp_path / "outside").exists()


async def test_the_child_sees_nothing_of_ours(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALLEDEPAUSE_SECRET", "very")
    seen = tmp_path / "seen"
    secret = os.open(tmp_path / "secret", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(secret, True)
    look = "repr((dict(os.environ), os.listdir('/proc/self/fd')))"
    become(monkeypatch, tmp_path, f"open({str(seen)!r}, 'w').write({look}); print(GOOD)")
    (tmp_path / "source.bin").write_bytes(samples.saved(samples.drawing(), "PNG"))
    await media.decode(tmp_path / "source.bin", work)
    os.close(secret)
    environment, files = eval(seen.read_text())  # noqa: S307 - written by the lines above
    assert not [name for name in environment if not name.startswith("LC_")]
    assert len(files) <= 5
