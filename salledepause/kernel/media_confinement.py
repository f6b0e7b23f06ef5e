"""Walls around the decoding child: hostile bytes may break a decoder, never reach anything through it.

Hard limits (memory, processor, file size) are required and raise when refused by the system. Namespaces and
Landlock depend on the kernel and on the container around us: they are taken when they are offered.
Sources: setrlimit(2), prctl(2), unshare(2), landlock(7).
"""

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path
from typing import Final

OPEN_FILES: Final = 32
NICENESS: Final = 5

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_M_ARENA_MAX: Final = -8
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000

_LANDLOCK_CREATE: Final = 444
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_RESTRICT: Final = 446
_FS_RIGHTS: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_WRITE, _READ, _LIST, _REMOVE, _MAKE, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8, 1 << 14
_TCP_SINCE: Final = 4
_SCOPE_SINCE: Final = 6
_TCP_AND_SCOPE: Final = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("filesystem", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def limit(memory: int, processor: int, file_bytes: int) -> None:
    """Bound this process: address space and written file in bytes, processor time in seconds.

    Raises ValueError or OSError when the system refuses a bound; the child must then not run.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.nice(NICENESS)


def isolate() -> None:
    """Drop what the system lets us drop: privileges to come, the network, outliving the parent.

    Each step is a best effort; none is needed for the limits to hold. One allocator arena, because the
    address space that each thread's arena reserves counts in the memory limit.
    """
    libc = _libc()
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)
    if libc.unshare(_CLONE_NEWNET):
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def enclose(folder: Path, libraries: list[Path]) -> bool:
    """Leave only this folder's regular files to read and write, and the libraries' to read; whether the kernel agreed.

    To call once the source is open: the rest of the disk is out of reach afterwards, as is every TCP port.
    """
    libc = _libc()
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = _FS_RIGHTS[min(version, max(_FS_RIGHTS))]
    ruleset = _ruleset(libc, version, rights)
    _allow(libc, ruleset, folder, (_WRITE | _READ | _LIST | _REMOVE | _MAKE | _TRUNCATE) & rights)
    for library in libraries:
        _allow(libc, ruleset, library, _READ | _LIST)
    failed = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return not failed


def _allow(libc: ctypes.CDLL, ruleset: int, folder: Path, rights: int) -> None:
    """Add one folder to a ruleset; one that cannot be added stays out of reach."""
    beneath = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    libc.syscall(_LANDLOCK_ADD_RULE, ruleset, 1, ctypes.byref(_Beneath(rights, beneath)), 0)
    os.close(beneath)


def _ruleset(libc: ctypes.CDLL, version: int, rights: int) -> int:
    """Create a ruleset that handles every right this kernel knows, TCP and signals included."""
    wanted = _Ruleset(
        rights,
        _TCP_AND_SCOPE if version >= _TCP_SINCE else 0,
        _TCP_AND_SCOPE if version >= _SCOPE_SINCE else 0,
    )
    made: int = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(wanted), ctypes.c_size_t(ctypes.sizeof(wanted)), 0)
    if made < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    return made
