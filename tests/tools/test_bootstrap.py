"""Finding Python 3.10: the order of preference, commands that exist and fail, and what is said when there is none."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from assistant.knowledge.library import ROOT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python 3.10: an empty home and an empty PATH."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in ("PYTHON", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def command(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


WORKS = f'exec {sys.executable} "$@"'
FAILS = "echo 'pyenv: python3.10: command not found' >&2; exit 127"


def test_none_is_found_on_an_empty_machine(bootstrap: ModuleType, machine: Path) -> None:
    assert bootstrap.find_python() is None


def test_the_chosen_python_comes_first(bootstrap: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(machine / "bin" / "python3.10", WORKS)
    chosen = command(machine / "mine", WORKS)
    monkeypatch.setenv("PYTHON", str(chosen))
    assert bootstrap.find_python() == str(chosen)


def test_a_chosen_python_that_does_not_fit_is_said_to(
    bootstrap: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON", str(command(machine / "mine", FAILS)))
    with pytest.raises(bootstrap.SetupError, match="is not Python 3.10"):
        bootstrap.find_python()


def test_a_shim_that_fails_is_passed_over_for_the_installed_one(bootstrap: ModuleType, machine: Path) -> None:
    command(machine / "bin" / "python3.10", FAILS)
    installed = command(machine / ".pyenv" / "versions" / "3.10.13" / "bin" / "python", WORKS)
    assert bootstrap.find_python() == str(installed)


def test_a_command_on_the_path_comes_before_pyenvs(bootstrap: ModuleType, machine: Path) -> None:
    command(machine / "bin" / "python3.10", WORKS)
    command(machine / ".pyenv" / "versions" / "3.10.13" / "bin" / "python", WORKS)
    assert bootstrap.find_python() == "python3.10"


def test_uvs_own_python_is_found(bootstrap: ModuleType, machine: Path) -> None:
    installed = command(machine / ".local/share/uv/python/cpython-3.10.14-linux-x86_64-gnu/bin/python3.10", WORKS)
    assert bootstrap.find_python() == str(installed)


def test_the_environment_in_use_is_up_to_date_and_nothing_is_done(bootstrap: ModuleType) -> None:
    assert bootstrap.install(dev=True) is None


def test_every_locked_package_has_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for line, following in zip(lines, [*lines[1:], ""]):
            if "==" in line:
                assert "--hash=sha256:" in following, f"{name}: {line}"


def test_the_development_lock_agrees_with_the_other() -> None:
    def pins(name: str) -> set:
        return {line.split()[0] for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line}

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


def test_it_runs_on_any_python_without_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "tools" / "bootstrap.py"), "--dev"], env={**os.environ}, timeout=60, check=False
    )
    assert done.returncode == 0
