"""The first signal of the safety screen: phrases of data/safety over the words of a message.

Which phrase stands in a message is a matter of patterns; whether it tells of something happening now, the cues around it decide, as in
NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a cue has a direction and a reach, which some words end. Free of Rasa.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Pattern, Sequence, Set, Tuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.knowledge.safety import Cue, RedFlags
from assistant.nlu.spelling import english_words

# Patterns that go together stand within so many words.
NEAR = 40
# Shorter words have too many neighbours; one mistake is forgiven in a word, two from LONG letters on.
SHORT, LONG = 5, 9
# Of a longer message the first and the last so many words are read.
MOST_WORDS = 2000
FULL_STOP, COMMA = ".", ","
_ENDS_SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]|\n")
_APOSTROPHES = re.compile(r"['\u2019\u2018\u02bc`\u00b4]")
_LINKS = ("-", "\u2010", "\u2011", "/", "_", "*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_LITERAL = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Word:
    """A word of a message in the form that patterns are written in, and its characters in the message."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class RedFlag:
    """A phrase found in a message.

    Attributes:
        safety_id: the reply that it calls for.
        phrase: its name in data/safety.
        firm: whether it is enough beside little from the models; of others they have to see the danger too.
        dismissed: kinds of cue that make it harmless here; empty where nothing does.
        now: whether its sentence says that it happens now, or calls for help.
    """

    safety_id: str
    phrase: str
    firm: bool
    dismissed: Tuple[str, ...] = ()
    now: bool = False


def words_of(doc: Any) -> List[Word]:
    """The words and stops of a spaCy document: lower case, apostrophes dropped ("can't" -> "cant"), stops as "." and ","."""
    found: List[Word] = []
    joined = False
    for token in doc:
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", token.text)).lower()
        plain = _APOSTROPHES.sub("", plain)
        start, end = token.idx, token.idx + len(token.text)
        if any(character.isalnum() for character in plain):
            parts = [part for part in re.split(r"[^\w]+|_", plain) if part]
            if joined and found and found[-1].end == start and found[-1].text not in (FULL_STOP, COMMA):
                found[-1] = Word(found[-1].text + parts[0], found[-1].start, end)
                parts = parts[1:]
            found += [Word(part, start, end) for part in parts]
        elif joined and not token.whitespace_ and token.text in _LINKS:
            joined = False  # "mini-stroke" is two words in a row
            continue
        elif _ENDS_SENTENCE.search(token.text) and token.text.strip() not in ("..", "...", "\u2026"):
            found.append(Word(FULL_STOP, start, end))
        elif plain and not plain.isspace():
            found.append(Word(COMMA if re.search(r"[,;:.\u2026()\u2013\u2014-]", plain) else plain, start, end))
        joined = not token.whitespace_
    return found if len(found) <= 2 * MOST_WORDS else found[:MOST_WORDS] + found[-MOST_WORDS:]


class Speller:
    """Puts misspelt words right to words of the phrases: "sezure" -> "seizure"; an English word is left alone."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        meant, english = set(vocabulary), english_words()
        self._choices = sorted(word for word in meant & english if len(word) >= SHORT)
        self._known = meant | english

    def right(self, word: str) -> str:
        """The word that is meant, or the word itself."""
        stretched = _STRETCHED.sub(r"\1", word)
        if stretched != word and (stretched in self._known or len(stretched) < SHORT):
            return stretched
        if len(stretched) < SHORT or stretched in self._known or not stretched.isalpha():
            return stretched
        limit = 2 if len(stretched) >= LONG else 1
        near = process.extract(stretched, self._choices, scorer=OSA.distance, score_cutoff=limit, limit=5)
        near = [found for found in near if found[0][0] == stretched[0]]
        return min(near, key=lambda found: found[1])[0] if near else stretched


# The fields of a cue that hold patterns of the cue itself, and what `_CuesOfMessage` knows by their names.
_PLACES = ("before", "after", "sentence", "message")


@dataclass(frozen=True)
class _CompiledCue:
    cue: Cue
    places: Dict[str, List[Pattern[str]]]
    but_not: List[Pattern[str]]


@dataclass(frozen=True)
class _CompiledPhrase:
    safety_id: str
    name: str
    firm: bool
    patterns: List[Pattern[str]]
    together: List[List[Pattern[str]]]
    dismissed_by: Tuple[str, ...]


class _Line:
    """The words of a message in a row, each followed by a blank, for regular expressions."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.text = "".join(f"{word} " for word in words)
        self._at: Dict[int, int] = {}
        position = 0
        for i, word in enumerate(words):
            self._at[position] = i
            position += len(word) + 1
        self._at[position] = len(words)

    def spans(self, pattern: Pattern[str]) -> List[Tuple[int, int]]:
        """First word and the one after the last of each place where `pattern` stands."""
        return [(self._at[m.start()], self._at[m.end()]) for m in pattern.finditer(self.text) if m.end() > m.start()]

    def sentence(self, start: int, end: int) -> Tuple[int, int]:
        """The sentence around a span."""
        while start > 0 and self.words[start - 1] != FULL_STOP:
            start -= 1
        while end < len(self.words) and self.words[end] != FULL_STOP:
            end += 1
        return start, end


class Phrases:
    """Finds the red flags of data/safety in a message."""

    def __init__(self, flags: RedFlags) -> None:
        def compiled(patterns: Iterable[str]) -> List[Pattern[str]]:
            return [flags.pattern(one) for one in patterns]

        self._phrases = [
            _CompiledPhrase(
                safety_id,
                name,
                phrase.firm,
                compiled(phrase.patterns),
                [compiled(several) for several in phrase.together],
                phrase.dismissed_by,
            )
            for safety_id, phrases in flags.phrases.items()
            for name, phrase in phrases.items()
        ]
        self._cues = {
            kind: _CompiledCue(cue, {place: compiled(getattr(cue, place)) for place in _PLACES}, compiled(cue.but_not))
            for kind, cue in flags.cues.kinds.items()
        }
        self._ends, self._now, self._not_now = (compiled(some) for some in (flags.cues.ends, flags.cues.now, flags.cues.not_now))
        written = [one for _, _, one in flags.all_patterns()] + list(flags.words.values())
        self._speller = Speller(
            {word for one in written for word in _LITERAL.findall(one.replace(r"\w", " ").replace(r"\d", " "))}
        )

    def find(self, doc: Any) -> List[RedFlag]:
        """The red flags in a spaCy document, dismissed ones among them; each phrase once, undismissed where one place is."""
        line = _Line([self._speller.right(word.text) for word in words_of(doc)])
        cues = _CuesOfMessage(line, self._cues, self._ends, self._spans_of_now(line))
        found = []
        for phrase in self._phrases:
            spans = self._places(line, phrase.patterns)
            places = [(cues.around(span, phrase.dismissed_by), cues.now_at(span)) for span in spans]
            places += [found for patterns in phrase.together for found in self._together(line, patterns, phrase, cues)]
            if places:
                dismissed, now = min(places, key=lambda place: (len(place[0]), not place[1]))
                found.append(RedFlag(phrase.safety_id, phrase.name, phrase.firm, dismissed, now))
        return found

    def _spans_of_now(self, line: _Line) -> List[Tuple[int, int]]:
        over = [span for pattern in self._not_now for span in line.spans(pattern)]
        return [span for pattern in self._now for span in line.spans(pattern) if not any(_overlap(span, other) for other in over)]

    @staticmethod
    def _places(line: _Line, patterns: Sequence[Pattern[str]]) -> List[Tuple[int, int]]:
        return [span for pattern in patterns for span in line.spans(pattern)]

    @staticmethod
    def _together(
        line: _Line, patterns: Sequence[Pattern[str]], phrase: _CompiledPhrase, cues: "_CuesOfMessage"
    ) -> List[Tuple[Tuple[str, ...], bool]]:
        """For a list of patterns that all stand near each other: the cues that dismiss any of them, and whether it is now."""
        places = [line.spans(pattern) for pattern in patterns]
        if not all(places):
            return []
        chosen = []
        for spans in places:
            # Of several places of one part the least dismissed counts.
            chosen.append(min(((cues.around(span, phrase.dismissed_by), span) for span in spans), key=lambda one: len(one[0])))
        starts = [span[0] for _, span in chosen]
        if max(starts) - min(starts) > NEAR:
            return []
        dismissed = tuple(dict.fromkeys(kind for kinds, _ in chosen for kind in kinds))
        return [(dismissed, any(cues.now_at(span) for _, span in chosen))]


class _CuesOfMessage:
    """The cues in one message, looked up once each."""

    def __init__(
        self, line: _Line, cues: Dict[Any, _CompiledCue], ends: Sequence[Pattern[str]], now: Sequence[Tuple[int, int]]
    ) -> None:
        self._line = line
        self._cues = cues
        self._ends: Set[int] = {start for pattern in ends for start, _ in line.spans(pattern)}
        self._now = now
        self._found: Dict[str, Dict[str, List[Tuple[int, int]]]] = {}

    def around(self, span: Tuple[int, int], kinds: Sequence[str]) -> Tuple[str, ...]:
        """The kinds of cue, of those given, that make what stands at `span` harmless."""
        return tuple(kind for kind in kinds if kind in self._cues and self._dismisses(kind, span))

    def now_at(self, span: Tuple[int, int]) -> bool:
        """Whether the sentence around `span` has a word for now."""
        first, last = self._line.sentence(*span)
        return any(first <= start and end <= last for start, end in self._now)

    def _spans(self, kind: str) -> Dict[str, List[Tuple[int, int]]]:
        if kind not in self._found:
            cue = self._cues[kind]
            fakes = [span for pattern in cue.but_not for span in self._line.spans(pattern)]

            def real(patterns: Sequence[Pattern[str]]) -> List[Tuple[int, int]]:
                spans = [span for pattern in patterns for span in self._line.spans(pattern)]
                return [s for s in spans if not any(fake[0] <= s[0] and s[1] <= fake[1] for fake in fakes)]

            self._found[kind] = {place: real(patterns) for place, patterns in cue.places.items()}
        return self._found[kind]

    def _dismisses(self, kind: str, span: Tuple[int, int]) -> bool:
        cue, found = self._cues[kind].cue, self._spans(kind)
        first, last = self._line.sentence(*span)
        if cue.yields_to_now and self.now_at(span):
            return False
        if found["message"]:
            return True
        if any(first <= start and end <= last and not _overlap((start, end), span) for start, end in found["sentence"]):
            return True
        return any(self._reaches(end, span[0], cue) for start, end in found["before"] if first <= start) or any(
            self._reaches(span[1], start, cue) for start, end in found["after"] if end <= last
        )

    def _reaches(self, start: int, end: int, cue: Cue) -> bool:
        """Whether a cue reaches over the words from `start` to `end`."""
        if not 0 <= end - start <= cue.reach:
            return False
        between = range(start, end)
        if any(i in self._ends for i in between):
            return False
        return not (cue.stops_at_comma and any(self._line.words[i] == COMMA for i in between))


def _overlap(one: Tuple[int, int], other: Tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
