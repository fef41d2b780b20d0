"""Precision and recall of the entities on sentences written apart from the lexicon."""

import csv
from collections import Counter
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Set, Tuple

from assistant.knowledge.understood import Mention

Scores = Dict[str, Tuple[float, float, int]]


def found_in(mentions: Iterable[Mention], wanted: Set[str]) -> Set[str]:
    """Entities `entity=value` among `mentions`; of a name's readings the wanted one, which the intent would choose, else the first."""
    found = set()
    for mention in mentions:
        readings = [f"{entity}={value}" for entity, value in mention.readings]
        found.add(next((reading for reading in readings if reading in wanted), readings[0]))
    return found


def read_sentences(path: Path) -> List[Tuple[str, Set[str]]]:
    """(text, wanted entities) of a CSV file with the columns text,entities."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["text"], {e for e in row["entities"].split(";") if e}) for row in csv.DictReader(file)]


def score(wanted_and_found: Iterable[Tuple[Set[str], Sequence[Mention]]]) -> Scores:
    """Entity -> (precision, recall, number wanted), of the wanted entities of each sentence and the names found in it."""
    hits: Counter = Counter()
    found_count: Counter = Counter()
    wanted_count: Counter = Counter()
    for wanted, mentions in wanted_and_found:
        found = found_in(mentions, wanted)
        for counter, entities in ((hits, found & wanted), (found_count, found), (wanted_count, wanted)):
            counter.update(entity.split("=")[0] for entity in entities)
    return {e: (hits[e] / max(found_count[e], 1), hits[e] / n, n) for e, n in sorted(wanted_count.items())}
