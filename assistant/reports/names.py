"""Precision and recall of the entities on sentences written apart from the lexicon."""

import csv
from collections import Counter
from pathlib import Path
from typing import Dict, Iterable, List, Set, Tuple

from spacy.language import Language

from assistant.knowledge.library import load_lexicon
from assistant.nlu.entities import mentions_of
from assistant.nlu.language import build_language

Scores = Dict[str, Tuple[float, float, int]]


def found_in(nlp: Language, text: str, wanted: Set[str]) -> Set[str]:
    """Entities `entity=value` in `text`; of a name's readings the wanted one, which the intent would choose, else the first."""
    found = set()
    for mention in mentions_of(nlp(text)):
        readings = [f"{entity}={value}" for entity, value in mention["readings"]]
        found.add(next((reading for reading in readings if reading in wanted), readings[0]))
    return found


def read_sentences(path: Path) -> List[Tuple[str, Set[str]]]:
    """(text, wanted entities) of a CSV file with the columns text,entities."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["text"], {e for e in row["entities"].split(";") if e}) for row in csv.DictReader(file)]


def score(sentences: Iterable[Tuple[str, Set[str]]]) -> Scores:
    """Entity -> (precision, recall, number wanted)."""
    nlp = build_language("blank", load_lexicon())
    hits: Counter = Counter()
    found_count: Counter = Counter()
    wanted_count: Counter = Counter()
    for text, wanted in sentences:
        found = found_in(nlp, text, wanted)
        for counter, entities in ((hits, found & wanted), (found_count, found), (wanted_count, wanted)):
            counter.update(entity.split("=")[0] for entity in entities)
    return {e: (hits[e] / max(found_count[e], 1), hits[e] / n, n) for e, n in sorted(wanted_count.items())}
