"""Run a command with the browser that tests want: `with_browser.py COMMAND ARGUMENT...`.

One that MDM_CHROMIUM names, or that is installed, is used as it is; root on Debian installs one
first.  Where there is none, this says how to get one and the command runs without.  The exit
status is the command's.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ("chromium", "fonts-liberation")


def main(command: list[str]) -> int:
    """Run the command, with a browser if one can be had; give its exit status."""
    if not is_installed():
        _install()
    if not is_installed():
        _say(
            "no Chromium for tests: the pages are not tested in a browser. Install it (on Debian: "
            "apt-get install chromium), or name one in MDM_CHROMIUM"
        )
    return subprocess.run(command, check=False).returncode


def is_installed() -> bool:
    """Tell whether tests will find a browser."""
    return bool(os.environ.get("MDM_CHROMIUM") or shutil.which("chromium"))


def _install() -> None:
    """Install Debian's, where that is ours to do."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    _say("installing Chromium for tests")
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run([apt, "-qq", *step], env=settings, stdout=sys.stderr, check=False)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
