"""The spaCy pipeline: a blank English one (or a pretrained one) with the lexicon's entity ruler and a fuzzy matcher.

The ruler writes one span for each name found in a text; a span's `ent_id_` lists its readings, `entity=value` (or `entity?=value`
for a name that counts only where the message asks about things of this kind) joined by `|`, because one name can be two things
("oxycodone" is an ingredient of an old-fashioned drip, and a medicine somebody takes). Which reading counts is decided where the intent
is known, in `names`.
"""

from collections import defaultdict
from typing import Dict, Iterable, List, Mapping, Set, Tuple, Union

import spacy
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from spacy.language import Language
from spacy.tokens import Doc, Span
from spellchecker import SpellChecker

from assistant.knowledge.schema import Lexicon

LABEL = "LEXICON"
# Names of the two components that `build_language` adds.
RULER, MISSPELT = "lexicon", "misspelt_names"
FINDS_NAMES = (RULER, MISSPELT)
# Ends the entity of a reading that counts only where the message asks about things of this kind.
ONLY_IN_TOPIC = "?"
# A misspelt name is looked for in words of at least this many letters, with one mistake; with two from LONG letters on.
SHORT, LONG = 5, 8
# Only so many words of a message are searched for misspellings, so that a very long message stays cheap.
MAX_FUZZY_WORDS = 150
# So many words of names, equally near to a misspelt one, are compared once more.
MAX_TIES = 5
# A word as near to one of so many common English words as to a name is a misspelling of the former.
COMMON_WORDS = 20_000


def readings(lexicon: Mapping[str, Lexicon]) -> Dict[str, List[str]]:
    """Lower-case name -> its readings `entity=value`, over all entities."""
    found: Dict[str, List[str]] = defaultdict(list)
    for entity, entry in lexicon.items():
        for value, detail in entry.values.items():
            sure = [(name, f"{entity}={value}") for name in {value.replace("_", " "), *detail.names}]
            for name, reading in [*sure, *((name, f"{entity}{ONLY_IN_TOPIC}={value}") for name in detail.in_topic)]:
                if reading not in found[name.lower().strip()]:
                    found[name.lower().strip()].append(reading)
    return dict(found)


def tokenized_readings(lexicon: Mapping[str, Lexicon], nlp: Language) -> Dict[str, str]:
    """Names as spaCy splits them, lower case, joined by blanks -> their readings joined by `|`."""
    found: Dict[str, str] = {}
    for name, names_readings in readings(lexicon).items():
        # Phones type a curly apostrophe.
        for form in {name, name.replace("'", "\u2019")}:
            tokens = " ".join(token.lower_ for token in nlp.make_doc(form) if not token.is_space)
            if tokens:
                found.setdefault(tokens, "|".join(names_readings))
    return found


def searchable_words(lexicon: Mapping[str, Lexicon]) -> List[str]:
    """Words of at least SHORT letters that stand in names and may be found misspelt."""
    words: Set[str] = set()
    for entry in lexicon.values():
        for value, detail in entry.values.items():
            if detail.fuzzy:
                for name in (value.replace("_", " "), *detail.names):
                    words.update(word for word in name.lower().split() if word.isalpha() and len(word) >= SHORT)
    return sorted(words)


def fold(word: str) -> str:
    """Spellings of one sound made alike: zophran -> zofran, torradol -> toradol."""
    for written, sound in (("ph", "f"), ("ck", "k"), ("y", "i")):
        word = word.replace(written, sound)
    return "".join(letter for i, letter in enumerate(word) if i == 0 or letter != word[i - 1])


@Language.factory(MISSPELT, default_config={"names": [], "words": [], "known_words": []})
def make_misspelt_names(
    nlp: Language, name: str, names: List[List[str]], words: List[str], known_words: List[str]
) -> "MisspeltNames":
    """Factory of the spaCy component `misspelt_names`; `names` are pairs, because a key of spaCy's settings may hold no "="."""
    return MisspeltNames({tokens: found for tokens, found in names}, words, known_words)


class MisspeltNames:
    """Adds spans for names that were misspelt: each word that is no English word is put right to the nearest word of a name.

    Args:
        names: tokenized name -> its readings, see `tokenized_readings`.
        words: words of names, see `searchable_words`.
        known_words: English words, the commonest first.
    """

    def __init__(self, names: Dict[str, str], words: Iterable[str], known_words: Iterable[str]) -> None:
        self._names = {tuple(name.split(" ")): found for name, found in names.items()}
        self._longest = max((len(name) for name in self._names), default=0)
        # Folded by sound -> word; of two words that sound alike the first stands for both.
        self._folded: Dict[str, str] = {}
        for word in words:
            self._folded.setdefault(fold(word), word)
        self._choices = list(self._folded)
        known = list(known_words)
        self._known: Set[str] = {*known, *words}
        self._common = known[:COMMON_WORDS]

    def closest(self, word: str) -> str:
        """The word of a name that is meant by `word` (lower case), or an empty string."""
        if len(word) < SHORT or word in self._known:
            return ""
        sound = fold(word)
        limit = 2 if len(word) >= LONG else 1
        near = process.extract(sound, self._choices, scorer=DamerauLevenshtein.distance, score_cutoff=limit, limit=MAX_TIES)
        # Of words equally near by sound, the one nearest as written: "syndrom" is no "sintrom".
        found = min(near, key=lambda n: (n[1], DamerauLevenshtein.distance(word, self._folded[n[0]])), default=None)
        # A mistake in the first letter is rare, and words that differ there are mostly other words.
        if not found or not (found[0][0] == sound[0] or (found[1] <= 1 and len(word) >= LONG)):
            return ""
        # "migranes" is nearer to "migraines" than to any drug; what sounds just like a name is that name.
        if found[1] > 0 and process.extractOne(word, self._common, scorer=DamerauLevenshtein.distance, score_cutoff=found[1]):
            return ""
        return self._folded[found[0]]

    def __call__(self, doc: Doc) -> Doc:
        """Add the spans; those already there stay."""
        taken = {token.i for span in doc.ents for token in span}
        words = [token.lower_ for token in doc]
        put_right = set()
        for token in [token for token in doc if token.is_alpha and token.i not in taken][:MAX_FUZZY_WORDS]:
            meant = self.closest(token.lower_)
            if meant:
                words[token.i] = meant
                put_right.add(token.i)
        spans: List[Span] = list(doc.ents)
        for start in sorted({max(0, i - back) for i in put_right for back in range(self._longest)}):
            end = self._longest_name(words, start, taken)
            if end and put_right & set(range(start, end)):
                spans.append(Span(doc, start, end, label=LABEL, span_id=self._names[tuple(words[start:end])]))
                taken.update(range(start, end))
        doc.ents = tuple(sorted(spans, key=lambda span: span.start))
        return doc

    def _longest_name(self, words: List[str], start: int, taken: Set[int]) -> int:
        """End of the longest name that begins at `start` and touches no span already found, or 0."""
        for end in range(min(start + self._longest, len(words)), start, -1):
            if tuple(words[start:end]) in self._names and not taken & set(range(start, end)):
                return end
        return 0


def english_words(names: Iterable[str]) -> List[str]:
    """Words that are never taken for a misspelt name, the commonest first: the spelling library's, but for the names' own."""
    counted = SpellChecker(language="en").word_frequency.dictionary
    words = {word for word in counted if len(word) >= SHORT and word.isascii() and word.isalpha()} - set(names)
    return sorted(words, key=lambda word: (-counted[word], word))


def _phrase(name: str, nlp: Language) -> Union[str, List[Dict[str, str]]]:
    """A name as a phrase, which is found faster than a pattern of tokens; as such a pattern where spaCy would split it otherwise."""
    words = name.split(" ")
    return name if [token.lower_ for token in nlp.make_doc(name)] == words else [{"LOWER": word} for word in words]


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
    ruler = nlp.add_pipe("entity_ruler", name=RULER, config={"overwrite_ents": True, "phrase_matcher_attr": "LOWER"})
    names = tokenized_readings(lexicon, nlp)
    ruler.add_patterns(
        [  # type: ignore[attr-defined]
            {"label": LABEL, "pattern": _phrase(name, nlp), "id": found} for name, found in names.items()
        ]
        + [
            {
                "label": LABEL,
                "pattern": [{"LOWER": {"REGEX": f"^(?:{word})$"}} for word in pattern.split()],
                "id": f"{entity}={value}",
            }
            for entity, entry in lexicon.items()
            for value, detail in entry.values.items()
            for pattern in detail.patterns
        ]
    )
    words = searchable_words(lexicon)
    nlp.add_pipe(
        MISSPELT,
        config={"names": [list(pair) for pair in names.items()], "words": words, "known_words": english_words(words)},
    )
    return nlp


def parse_reading(reading: str) -> Tuple[str, str]:
    """`entity=value` -> (entity, value)."""
    entity, _, value = reading.partition("=")
    return entity, value
