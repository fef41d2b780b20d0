"""The spaCy pipeline: a blank English one (or a pretrained one) with the lexicon's entity ruler and a fuzzy matcher.

The ruler writes one span for each name found in a text; a span's `ent_id_` lists its readings, `entity=value` joined
by `|`, because one name can be two things ("oxycodone" is an ingredient of an old-fashioned drip, and a medicine
somebody takes). Which reading counts is decided where the intent is known, in `entities`.
"""

from collections import defaultdict
from typing import Dict, Iterable, List, Mapping, Set, Tuple

import spacy
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from spacy.language import Language
from spacy.tokens import Doc, Span
from spellchecker import SpellChecker

from assistant.knowledge.schema import Lexicon

LABEL = "LEXICON"
# A misspelt name is looked for in words of at least this many letters, with one mistake; with two from LONG letters on.
SHORT, LONG = 5, 8
# Only so many words of a message are searched for misspellings, so that a very long message stays cheap.
MAX_FUZZY_WORDS = 150


def readings(lexicon: Mapping[str, Lexicon]) -> Dict[str, List[str]]:
    """Lower-case name -> its readings `entity=value`, over all entities."""
    found: Dict[str, List[str]] = defaultdict(list)
    for entity, entry in lexicon.items():
        for value, detail in entry.values.items():
            for name in {value.replace("_", " "), *detail.names}:
                reading = f"{entity}={value}"
                if reading not in found[name.lower().strip()]:
                    found[name.lower().strip()].append(reading)
    return dict(found)


def fuzzy_names(lexicon: Mapping[str, Lexicon]) -> Dict[str, str]:
    """Single-word names of at least SHORT letters that may be found misspelt -> their readings joined by `|`."""
    excluded = {
        name.lower() for entry in lexicon.values() for detail in entry.values.values() if not detail.fuzzy for name in detail.names
    }
    return {
        name: "|".join(found)
        for name, found in readings(lexicon).items()
        if name.isalpha() and len(name) >= SHORT and name not in excluded
    }


@Language.factory("misspelt_names", default_config={"names": {}, "known_words": []})
def make_misspelt_names(nlp: Language, name: str, names: Dict[str, str], known_words: List[str]) -> "MisspeltNames":
    """Factory of the spaCy component `misspelt_names`."""
    return MisspeltNames(names, known_words)


class MisspeltNames:
    """Adds a span for each word that is one or two letters away from a name of the lexicon and is not an English word."""

    def __init__(self, names: Dict[str, str], known_words: Iterable[str]) -> None:
        self._names = names
        self._choices = list(names)
        self._known: Set[str] = set(known_words)

    def closest(self, word: str) -> str:
        """The name meant by `word` (lower case), or an empty string."""
        if len(word) < SHORT or word in self._known:
            return ""
        limit = 2 if len(word) >= LONG else 1
        found = process.extractOne(word, self._choices, scorer=DamerauLevenshtein.distance, score_cutoff=limit)
        # A mistake in the first letter is rare, and words that differ there are mostly other words.
        return found[0] if found and (found[0][0] == word[0] or found[1] <= 1 and len(word) >= LONG) else ""

    def __call__(self, doc: Doc) -> Doc:
        taken = {token.i for span in doc.ents for token in span}
        spans: List[Span] = list(doc.ents)
        words = [token for token in doc if token.is_alpha and token.i not in taken][:MAX_FUZZY_WORDS]
        for token in words:
            name = self.closest(token.lower_)
            if name:
                spans.append(Span(doc, token.i, token.i + 1, label=LABEL, span_id=self._names[name]))
        doc.ents = tuple(sorted(spans, key=lambda span: span.start))
        return doc


def _patterns(lexicon: Mapping[str, Lexicon], nlp: Language) -> List[Dict[str, object]]:
    patterns: List[Dict[str, object]] = []
    for name, found in readings(lexicon).items():
        if not name:
            continue
        # Phones type a curly apostrophe.
        for form in {name, name.replace("'", "\u2019")}:
            tokens = [token.lower_ for token in nlp.make_doc(form)]
            patterns.append({"label": LABEL, "pattern": [{"LOWER": token} for token in tokens], "id": "|".join(found)})
    return patterns


def _english_words(names: Iterable[str]) -> List[str]:
    """Words that are never taken for a misspelt name: the spelling library's, but for the names themselves."""
    spelling = SpellChecker(language="en").word_frequency.words()
    return sorted({word for word in spelling if len(word) >= SHORT and word.isascii() and word.isalpha()} - set(names))


def build_language(model: str, lexicon: Mapping[str, Lexicon]) -> Language:
    """Build the spaCy pipeline.

    Args:
        model: "blank" for `spacy.blank("en")`, or the name of an installed spaCy model such as "en_core_web_md".
        lexicon: entity name -> its values, as in data/lexicon.

    Returns:
        The pipeline, with the components `lexicon` (entity ruler) and `misspelt_names` at its end.

    Raises:
        OSError: a spaCy model of that name is not installed.
    """
    nlp = spacy.blank("en") if model == "blank" else spacy.load(model, exclude=["parser", "ner", "lemmatizer"])
    ruler = nlp.add_pipe("entity_ruler", name="lexicon", config={"overwrite_ents": True})
    ruler.add_patterns(_patterns(lexicon, nlp))  # type: ignore[attr-defined]
    names = fuzzy_names(lexicon)
    nlp.add_pipe("misspelt_names", config={"names": names, "known_words": _english_words(names)})
    return nlp


def parse_reading(reading: str) -> Tuple[str, str]:
    """`entity=value` -> (entity, value)."""
    entity, _, value = reading.partition("=")
    return entity, value
