"""`python -m assistant.nlu.evaluate --train a.csv --test b.csv --out c.csv`: the pipeline on anybody's labelled texts.

Trains the featurizers and the intent classifier of config.yml (no fallback, no safety screen) on a CSV with the columns
text,intent and writes text,intent,predicted,confidence for each row of the test CSV, in its order.
"""

import argparse
import csv
import logging
import sys
import tempfile
from pathlib import Path
from typing import List, Tuple


class TableError(Exception):
    """A CSV file cannot be used; the message says which and why."""


def read_table(path: Path) -> List[Tuple[str, str]]:
    """Rows (text, intent) of a CSV file with a header.

    Raises:
        TableError: no such file, no such columns, or no rows.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = {"text", "intent"} - set(reader.fieldnames or ())
            if missing:
                raise TableError(f"{path}: missing the column {' and '.join(sorted(missing))}")
            rows = [(row["text"] or "", row["intent"] or "") for row in reader]
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}") from None
    if not rows:
        raise TableError(f"{path}: has no rows")
    return rows


def main() -> int:
    """Returns the exit code: 0, or 1 with one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m assistant.nlu.evaluate", description=__doc__.split("\n")[0])
    for name, text in (("train", "CSV to train on"), ("test", "CSV to predict"), ("out", "CSV to write")):
        parser.add_argument(f"--{name}", type=Path, required=True, help=text)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    try:
        train, test = read_table(options.train), read_table(options.test)
        from assistant.nlu.pipeline import Pipeline

        with tempfile.TemporaryDirectory() as folder:
            pipeline = Pipeline.train([t for t, _ in train], [i for _, i in train], Path(folder))
            predicted = [pipeline.predict(text) for text, _ in test]
    except (TableError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "intent", "predicted", "confidence"])
        for (text, intent), (guess, confidence) in zip(test, predicted):
            writer.writerow([text, intent, guess, f"{confidence:.6f}"])
    labelled = [(i, p) for (_, i), (p, _) in zip(test, predicted)]
    print(f"{sum(i == p for i, p in labelled)} of {len(labelled)} rows predicted as labelled; written to {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
