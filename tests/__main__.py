"""The whole suite in five sessions, three at a time, the longest first; each has a database server, and is told when it ends.

`python -m tests [arguments of pytest]`; with arguments there is one session, told as it goes.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest")
TESTS = Path(__file__).parent
CHOSEN = {
    "whole installations": ["tests/soak", *sorted(f"tests/{file.name}" for file in TESTS.glob("test_*.py"))],
    "pages": ["tests/web"],
    "screens": ["tests/web/test_screens.py"],
    "the API": ["tests/mastodon", "tests/security"],
    "all the rest": ["tests"],
}
ALL = [path for paths in CHOSEN.values() for path in paths]
PARTS = {
    name: [*paths, *(f"--ignore={path}" for path in ALL if any(path.startswith(f"{one}/") for one in paths))]
    for name, paths in CHOSEN.items()
}
"""What each session runs: its own paths, without those below them that another session has."""
AT_ONCE = 3
"""Sessions beside each other: two wait for browsers, disks and locks too often to keep two cores busy."""


def run(paths: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run one session; return how it ended and what it said."""
    command = [*PYTEST, "-p", "no:cacheprovider", "--durations=12", *paths]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def main() -> int:
    """Return 0 when all passed."""
    if sys.argv[1:]:
        return subprocess.run([*PYTEST, *sys.argv[1:]], check=False).returncode
    verdicts = ""
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        names = {lanes.submit(run, paths): name for name, paths in PARTS.items()}
        for ended in as_completed(names):
            done = ended.result()
            sys.stdout.buffer.write(f"\n{names[ended]}\n".encode() + done.stdout)
            sys.stdout.flush()
            last = done.stdout.decode(errors="replace").strip().rpartition("\n")[2]
            verdicts += f"{names[ended]}: {last}\n"
            failed = failed or done.returncode
    sys.stdout.write(f"\n{verdicts}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
