"""Which trained model belongs to the present data, configuration and code; training one if there is none."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, List, Optional

from assistant.knowledge.library import ROOT

TRAINING_DATA = ("data/nlu", "data/conversation")
# Everything that the contents of a trained model depend on.
INPUTS = ("config.yml", "domain.yml", "requirements.txt", *TRAINING_DATA, "data/lexicon", "assistant/nlu")
KEPT_MODELS = 3


class TrainingError(Exception):
    """Training failed; the message says where the whole output is."""


def fingerprint(root: Path = ROOT) -> str:
    """Twelve hex digits over names and contents of all INPUTS."""
    digest = hashlib.sha256()
    for name in INPUTS:
        place = root / name
        files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in (".yml", ".py"))
        for file in files:
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def model_path(root: Path = ROOT) -> Path:
    """Where the model for the present inputs is or will be."""
    return root / "models" / f"assistant-{fingerprint(root)}.tar.gz"


def ensure_model(say: Callable[[str], None], root: Path = ROOT) -> Path:
    """The model to serve: `$MODEL` if set, else the one for the present inputs, trained now if need be.

    Raises:
        TrainingError: `$MODEL` is no file, or training failed.
    """
    chosen: Optional[str] = os.environ.get("MODEL")
    if chosen:
        if not Path(chosen).is_file():
            raise TrainingError(f"MODEL={chosen} is not a file")
        return Path(chosen)
    path = model_path(root)
    if not path.is_file():
        say("training a model for the present data (about six minutes on two cores; what it does stands in var/train.log)")
        train(path, root)
        say(f"trained {path.relative_to(root)}")
    return path


def train(path: Path, root: Path = ROOT) -> None:
    """Train a model and store it at `path`; the output goes to var/train.log.

    Explicit data paths are given because Rasa takes any YAML below data/ that looks like it for training data. Rasa's validation of them,
    a minute on two cores, is left to tests/content/test_rasa_validate.py.

    Raises:
        TrainingError: see class.
    """
    log = root / "var" / "train.log"
    log.parent.mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "rasa", "train", "--skip-validation", "--config", "config.yml", "--domain", "domain.yml",
        "--data", *TRAINING_DATA, "--out", str(path.parent), "--fixed-model-name", path.name[: -len(".tar.gz")],
    ]  # fmt: skip
    with log.open("w") as output:
        done = subprocess.run(command, cwd=root, stdout=output, stderr=subprocess.STDOUT, env=environment(root), check=False)
    if done.returncode or not path.is_file():
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise TrainingError(f"training failed; the whole output is in {log.relative_to(root)}. It ends with:\n{tail}")
    forget_old_models(path)


def forget_old_models(newest: Path) -> None:
    """Keep the newest KEPT_MODELS models that this project trained; others' files are left alone."""
    models: List[Path] = sorted(newest.parent.glob("assistant-????????????.tar.gz"), key=lambda p: p.stat().st_mtime)
    for old in models[:-KEPT_MODELS]:
        old.unlink()


def environment(root: Path = ROOT) -> dict:
    """Environment of Rasa's and the action server's processes."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
