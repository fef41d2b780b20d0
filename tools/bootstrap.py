"""Makes the environment: finds or gets Python 3.10, and installs the hashed lock into .venv.

Runs on any Python from 3.7, with nothing installed. `python3 tools/bootstrap.py [--dev]`; called by every make target that
needs the environment, and done in a moment when there is nothing to do.
"""

import glob
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_HOME = ROOT / ".uv"
WANTED = (3, 10)


class SetupError(Exception):
    """What went wrong and what to do, in one line."""


def runs_wanted_version(command):
    """Whether `command` really starts and is Python 3.10 (a pyenv shim may exist and fail)."""
    try:
        done = subprocess.run(
            [command, "-c", "import sys; print(sys.version_info[:2] == %r)" % (WANTED,)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == b"True"


def candidates():
    """Commands that may be Python 3.10, in the order in which they are preferred."""
    home = Path.home()
    if os.environ.get("PYTHON"):
        yield os.environ["PYTHON"]
    yield "python3.10"
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local" / "share" / "uv" / "python"))
    for pattern in (pyenv / "versions" / "3.10.*" / "bin" / "python", uv / "cpython-3.10*" / "bin" / "python3.10"):
        for found in sorted(glob.glob(str(pattern)), reverse=True):
            yield found


def find_python():
    """Path or command of a Python 3.10, or None."""
    chosen = os.environ.get("PYTHON")
    if chosen and not runs_wanted_version(chosen):
        raise SetupError("PYTHON=%s does not start or is not Python 3.10: unset it, or point it to a Python 3.10" % chosen)
    return next((command for command in candidates() if runs_wanted_version(command)), None)


def run(command, failure):
    """Run `command`; on failure show the end of what it printed and raise SetupError(failure)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace")[-2000:])
        raise SetupError(failure)


def get_uv(python):
    """Path of uv, installed from its own hashed lock into .uv by any Python."""
    uv = UV_HOME / "bin" / "uv"
    stamp = UV_HOME / "installed"
    lock = ROOT / "requirements-uv.txt"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if uv.is_file() and stamp.is_file() and stamp.read_text() == wanted:
        return str(uv)
    say("getting the installer (uv)")
    hint = "cannot make a virtual environment: install Python's venv module (Debian: apt-get install python3-venv)"
    run([python, "-m", "venv", "--clear", str(UV_HOME)], hint)
    pip = [str(UV_HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", str(lock)], "cannot install uv: is the package index reachable?")
    stamp.write_text(wanted)
    return str(uv)


def install(dev):
    """Bring .venv in line with the lock; returns the number of seconds it took, or None if nothing was to do."""
    lock = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / "installed"
    installed = stamp.read_text().split() if stamp.is_file() else []
    if digest in installed and (VENV / "bin" / "python").exists():
        return None
    started = time.time()
    python = find_python()
    uv = get_uv(python or sys.executable)
    if python is None:
        say("no Python 3.10 here; asking uv for one")
        run(
            [uv, "python", "install", "3.10"],
            "no Python 3.10: install it (pyenv install 3.10, or your system's python3.10 with "
            "python3.10-venv) and run this again, or set PYTHON to one",
        )
        python = find_python()
    if python is None:
        raise SetupError("uv installed Python 3.10 where it is not found: set PYTHON to its path")
    if not runs_wanted_version(str(VENV / "bin" / "python")):
        run([uv, "venv", "--quiet", "--clear", "--python", python, str(VENV)], "cannot make .venv with %s" % python)
    say("installing the locked packages (about 2 GB; half a minute, or some minutes on a slow line)")
    target = ["--python", str(VENV / "bin" / "python"), "--require-hashes", "--no-deps"]
    run(
        [uv, "pip", "install", *target, "-r", str(lock)],
        "installing failed: is the package index reachable, is the disk full?",
    )
    covered = [digest]
    if dev:
        # The development lock holds everything of the other one.
        covered.append(hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest())
    stamp.write_text("\n".join(covered))
    return time.time() - started


def say(text):
    """Show progress at once."""
    print("setup: " + text, flush=True)


def main():
    """Returns the exit code."""
    try:
        seconds = install("--dev" in sys.argv[1:])
    except SetupError as error:
        print("setup: %s" % error, file=sys.stderr)
        return 1
    if seconds is not None:
        say("the environment is ready (%.0f s)" % seconds)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
