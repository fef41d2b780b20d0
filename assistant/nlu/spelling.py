"""Puts misspelt words right to the nearest word of the training examples, for a second look at a message.

"howmuch dose it cots" -> "how much does it cost". A word that English or the examples know is left alone, so most messages have no
second look. What is put right is only read beside the message as typed, never instead of it: a guess may be wrong.
"""

import functools
import re
from collections import Counter
from typing import Dict, FrozenSet, Iterable, List, Sequence, Tuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|')*")
# Shorter words have too many neighbours.
SHORTEST = 4
# One mistake in a short word, two from LONG letters on.
LONG = 7
# Words that stand in at least so many examples are what others are put right to.
TIMES = 3
# A word counts as English when the spelling library's corpus has it more often than this; rarer ones are mostly misspellings.
ENGLISH_TIMES = 50
# Words that two words written as one may fall into: in so many examples.
COMMON_TIMES = 20
# A word that no dictionary has is a misspelling of its neighbour when that stands in so many times as many examples.
SLIP_TIMES = 8
# A message has few misspelt words, or is no English at all.
MOST_WORDS = 15
REMEMBERED_WORDS = 1000

# A misspelt word put right: its first character, the one after its last, and the word (or two) that is meant.
Correction = Tuple[int, int, str]


def words_of(text: str) -> List[str]:
    """The words of a text, lower case."""
    return [word.lower() for word in _WORD.findall(text)]


@functools.lru_cache(1)
def english_words() -> FrozenSet[str]:
    """Words that are no misspellings."""
    counted = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, times in counted.items() if times > ENGLISH_TIMES)


def applied(text: str, corrections: Sequence[Correction]) -> str:
    """`text` with `corrections` made."""
    for start, end, right in reversed(corrections):
        text = text[:start] + right + text[end:]
    return text


class Spelling:
    """A speller for the language of the training examples.

    Args:
        counts: word -> number of training examples it stands in.
        english: words that are never put right.
    """

    def __init__(self, counts: Dict[str, int], english: Iterable[str]) -> None:
        self._english = set(english)
        self._counts = {word: count for word, count in counts.items() if count >= TIMES}
        self._choices = [word for word in self._counts if word in self._english and len(word) >= SHORTEST - 1]
        names = [word for word, count in self._counts.items() if word not in self._english and not self._is_slip(word, count)]
        self._choices += names
        self._known = self._english | set(names)
        # A message is read several times: as a whole, for its names, and in every part that may be a question.
        self._nearest = functools.lru_cache(REMEMBERED_WORDS)(self._word)

    def _is_slip(self, word: str, count: int) -> bool:
        """Whether a word that is no English is but a frequent misspelling of a far commoner one ("coktail"), not a name."""
        if len(word) < SHORTEST:
            return False
        near = process.extract(word, self._choices, scorer=OSA.distance, score_cutoff=1, limit=5)
        return any(self._counts[choice] >= SLIP_TIMES * count for choice, _, _ in near)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "Spelling":
        """Learn the words of `texts`."""
        counts = Counter(word for text in texts for word in set(words_of(text)))
        return cls(dict(counts), sorted(english_words()))

    def corrections(self, text: str) -> List[Correction]:
        """The misspelt words of `text`, in order."""
        unknown = [word for word in dict.fromkeys(words_of(text)) if len(word) >= SHORTEST and word not in self._known]
        put_right = {word: self._nearest(word) for word in unknown[:MOST_WORDS]}
        found = [(m.start(), m.end(), put_right.get(m.group().lower(), "")) for m in _WORD.finditer(text)]
        return [(start, end, right) for start, end, right in found if right and right != text[start:end].lower()]

    def correct(self, text: str) -> str:
        """`text` with its misspelt words put right; the same text where there are none."""
        return applied(text, self.corrections(text))

    def _word(self, word: str) -> str:
        limit = 1 if len(word) < LONG else 2
        near = process.extract(word, self._choices, scorer=OSA.distance, score_cutoff=limit, limit=8)
        # The first letter is rarely wrong.
        ranked = sorted((distance + (choice[0] != word[0]), -self._counts[choice], choice) for choice, distance, _ in near)
        if ranked and ranked[0][0] <= 1:
            return ranked[0][2]
        return self._two_words(word) or (ranked[0][2] if ranked else word)

    def _two_words(self, word: str) -> str:
        """ "howmuch" -> "how much"."""
        common = [
            (min(self._counts.get(word[:i], 0), self._counts.get(word[i:], 0)), f"{word[:i]} {word[i:]}")
            for i in range(2, len(word) - 1)
        ]
        times, words = max(common, default=(0, ""))
        return words if times >= COMMON_TIMES else ""

    def dump(self) -> Dict[str, object]:
        """What `Spelling(**...)` needs."""
        return {"counts": self._counts, "english": sorted(self._english)}
