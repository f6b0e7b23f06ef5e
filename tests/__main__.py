"""The whole suite in two sessions beside each other: what a browser sees, and all the rest. Each has its own database server.

`python -m tests [arguments of pytest]`; with arguments there is one session.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

SEEN = "tests/web"
"""The half that mostly waits for a browser."""


def main() -> int:
    """Return 0 when all passed; what the half beside says comes at the end."""
    pytest = [sys.executable, "-m", "pytest"]
    if sys.argv[1:]:
        return subprocess.run([*pytest, *sys.argv[1:]], check=False).returncode
    with tempfile.TemporaryFile() as told:
        beside = subprocess.Popen([*pytest, "-p", "no:cacheprovider", SEEN], stdout=told, stderr=subprocess.STDOUT)
        failed = subprocess.run([*pytest, "tests", f"--ignore={SEEN}"], check=False).returncode
        failed = beside.wait() or failed
        told.seek(0)
        sys.stdout.buffer.write(told.read())
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
