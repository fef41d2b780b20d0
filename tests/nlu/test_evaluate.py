"""The evaluation entry point: any CSV with text,intent in, predictions out, in the same order."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

import pytest

from assistant.knowledge.library import ROOT
from assistant.runtime.model import environment

TRAIN = [
    ("book a table for two", "book"),
    ("reserve a table please", "book"),
    ("can I get a table tonight", "book"),
    ("is my order on its way", "track"),
    ("where is my parcel", "track"),
    ("track the delivery", "track"),
]


def write(path: Path, rows: List[Tuple[str, str]], header: Tuple[str, str] = ("text", "intent")) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def evaluate(train: Path, test: Path, out: Path) -> Tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.nlu.evaluate", "--train", train, "--test", test, "--out", out],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_row_is_predicted_in_its_order(tmp_path: Path) -> None:
    test = [
        ("where's my package, please?", "track"),
        ("a table, for 2", "book"),
        ("", "none"),
        ('quoted "text", with, commas', "none"),
    ]
    code, output = evaluate(write(tmp_path / "a.csv", TRAIN), write(tmp_path / "b.csv", test), tmp_path / "new" / "c.csv")
    assert code == 0, output
    with (tmp_path / "new" / "c.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["text"], row["intent"]) for row in rows] == test
    assert [row["predicted"] for row in rows][:3] == ["track", "book", ""]
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    assert {row["predicted"] for row in rows} <= {"book", "track", ""}, "the fallback has no part in this"


@pytest.mark.parametrize(
    ("train", "reason"),
    [(TRAIN[:3], "at least two intents"), ([], "has no rows")],
)
def test_what_cannot_be_trained_is_said_in_one_line(tmp_path: Path, train: List[Tuple[str, str]], reason: str) -> None:
    code, output = evaluate(write(tmp_path / "a.csv", train), write(tmp_path / "b.csv", TRAIN), tmp_path / "c.csv")
    assert code == 1
    assert reason in output and "Traceback" not in output


def test_wrong_columns_and_missing_files_are_said_in_one_line(tmp_path: Path) -> None:
    wrong = write(tmp_path / "a.csv", TRAIN, header=("question", "label"))
    code, output = evaluate(wrong, wrong, tmp_path / "c.csv")
    assert code == 1 and "missing the column intent and text" in output
    code, output = evaluate(tmp_path / "nowhere.csv", wrong, tmp_path / "c.csv")
    assert code == 1 and "No such file" in output
