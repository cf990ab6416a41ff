"""Which browser do the tests look through?"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# Nothing of the browser's own business goes out to the network during a test.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def installed() -> str | None:
    """Debian's Chromium, when it starts (Ubuntu's package only points to a snap); None for Playwright's own."""
    path = shutil.which("chromium")
    if path and subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, check=False).returncode == 0:
        return path
    return None


@contextmanager
def launched() -> Iterator[Browser]:
    # Playwright's synchronous interface keeps an event loop in this thread; Django would refuse to query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":  # does one start? asked by the set-up
    with launched() as chromium:
        print(f"Chromium {chromium.version}")
