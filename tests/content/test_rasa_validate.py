"""Rasa's own check of domain, rules and examples."""

import subprocess
import sys

from assistant.knowledge.library import ROOT
from assistant.runtime.model import TRAINING_DATA, environment


def test_rasa_finds_nothing_to_complain_about() -> None:
    command = [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings", "--data", *TRAINING_DATA]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_nothing_else_in_data_is_taken_for_training_data() -> None:
    from rasa.shared.data import is_nlu_file
    from rasa.shared.importers.rasa import RasaFileImporter

    files = RasaFileImporter(config_file="config.yml", domain_path="domain.yml", training_data_paths=[str(ROOT / "data")])
    taken = {*files._nlu_files, *files._story_files}
    assert {path for path in taken if "/data/nlu/" not in path and "/data/conversation/" not in path} == set()
    assert all(is_nlu_file(path) for path in files._nlu_files)
