"""The form of data/safety: replies, whom to call, phrases that tell of a danger, words they share, and cues that make a phrase harmless.

A pattern is a row of words with blanks between. Each word is a regular expression for one word of a message, in lower case and without
apostrophes ("can't" is `cant`). `{name}` is an entry of `words`; `_` stands for a blank inside a word (`(can_not|cant)`); `(my)?` may be
missing; `..` stands for up to three words of one sentence, `...` for up to six.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Literal, Mapping, Pattern, Tuple, get_args

from pydantic import Field, validator

from assistant.knowledge.reader import DataError, line_of, read_entries, read_entry
from assistant.knowledge.schema import Entry, Reviewed, Sentence

# What numbers.yml and the clinic's settings may say.
NUMBERS = ("emergency_number", "crisis_line", "crisis_place", "poison_line")

CueKind = Literal["negated", "asked", "past", "others", "feared", "general", "figurative", "usual", "resolved"]
CUE_KINDS = get_args(CueKind)
# What makes any phrase harmless; the other kinds count only for phrases that name them.
ALWAYS: Tuple[CueKind, ...] = ("negated", "asked", "past", "others", "feared")
_GROUP = re.compile(r"\{([a-z_]+)\}")
_GAPS = {"..": 3, "...": 6}


# Reading data/ compiles every pattern to check it, the screen asks for it again; Python's own cache is too small for all of them.
_compiled = lru_cache(maxsize=None)(re.compile)


class SafetyReply(Reviewed):
    """What is said first when something dangerous is happening now. Rank 1 is the most urgent.

    `covers` names replies that say nothing which this one does not; `reminder` stands before what is said in the next turns.
    """

    text: str
    reminder: str
    rank: int = Field(ge=1)
    covers: List[str]
    sources: List[str] = Field(min_items=1)

    @validator("text", "reminder")
    def _in_one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @property
    def signed_text(self) -> str:
        """The reply and its reminder."""
        return "\n".join([self.text, self.reminder])


class Numbers(Entry):
    """Whom to call: by country, and how each is said when it is known or unknown."""

    countries: Dict[str, Dict[str, str]]
    sentences: Dict[str, Sentence]

    @validator("countries", each_item=True)
    def _known_numbers(cls, value: Dict[str, str]) -> Dict[str, str]:
        unknown = set(value) - set(NUMBERS)
        if unknown:
            raise ValueError(f"'{min(unknown)}' is not one of {', '.join(NUMBERS)}")
        return value


class AfterDanger(Entry):
    """What happens in the turns after a safety reply, by intents (see data/safety/after.yml)."""

    turns: int = Field(ge=0, le=10)
    says_again: List[str]
    reminder_alone: List[str]
    is_helped: List[str]
    says_it_already: List[str]
    if_now: str


class Cue(Entry):
    """Words that make a phrase near them harmless: `before` it, `after` it, or anywhere in its `sentence` or in the `message`.

    `reach` is the most words that may stand between; a comma ends it where `stops_at_comma`.
    """

    before: List[str] = Field(default_factory=list)
    after: List[str] = Field(default_factory=list)
    sentence: List[str] = Field(default_factory=list)
    message: List[str] = Field(default_factory=list)
    reach: int = Field(default=5, ge=0)
    stops_at_comma: bool = True
    # Patterns that look like this cue and are not: "not sure" does not negate.
    but_not: List[str] = Field(default_factory=list)
    # Whether words for "now" in the sentence take the cue back: "if you must know, my chest hurts right now".
    yields_to_now: bool = False


class Cues(Entry):
    """All cues, the words that end their reach, the words for "now", and what holds such a word without meaning it."""

    ends: List[str]
    now: List[str]
    not_now: List[str]
    kinds: Dict[CueKind, Cue]


class Phrase(Entry):
    """One way of telling of a danger.

    Attributes:
        sources: keys of data/sources.yml.
        firm: whether it tells of a danger hardly mistakably; another needs more from the models (assistant/nlu/verdict.py).
        patterns: any of them.
        together: or all patterns of one of these lists, in any order, near each other.
        minds: kinds of cue that make it harmless beside the usual ones.
        ignores: usual kinds of cue that do not.
        raises: messages that it must find.
        calm: messages that it must not.
    """

    sources: List[str] = Field(min_items=1)
    firm: bool = True
    patterns: List[str] = Field(default_factory=list)
    together: List[List[str]] = Field(default_factory=list)
    minds: List[CueKind] = Field(default_factory=list)
    ignores: List[CueKind] = Field(default_factory=list)
    raises: List[str] = Field(min_items=2)
    calm: List[str] = Field(min_items=1)

    @property
    def dismissed_by(self) -> Tuple[CueKind, ...]:
        """The kinds of cue that make this phrase harmless."""
        return tuple(kind for kind in (*ALWAYS, *self.minds) if kind not in self.ignores)


class SharedWords(Entry):
    """Words that patterns share by name."""

    words: Dict[str, str]

    @validator("words")
    def _names_known_words(cls, value: Dict[str, str]) -> Dict[str, str]:
        for name, pattern in value.items():
            unknown = set(_GROUP.findall(pattern)) - set(value)
            if unknown:
                raise ValueError(f"'{name}' names unknown words '{min(unknown)}'")
        return value


class RedFlags(Entry):
    """All of data/safety but its replies: phrases by the id of their safety reply and their own name."""

    phrases: Dict[str, Dict[str, Phrase]]
    words: Dict[str, str]
    cues: Cues

    def pattern(self, written: str) -> Pattern[str]:
        """The regular expression of a pattern, over words that are each followed by a blank.

        Raises:
            ValueError: it names unknown words or is no regular expression.
        """
        return _compiled(r"(?<!\S)" + "".join(map(self._item, written.split())))

    def _item(self, item: str) -> str:
        if item in _GAPS:
            return rf"(?:[^\s.]+ ){{0,{_GAPS[item]}}}"
        optional = item.endswith(")?")
        filled = item[:-1] if optional else item
        while _GROUP.search(filled):
            filled = _GROUP.sub(self._group, filled)
        return f"(?:(?:{filled.replace('_', ' ')}) ){'?' if optional else ''}"

    def _group(self, match: Any) -> str:
        if match.group(1) not in self.words:
            raise ValueError(f"unknown words '{match.group(1)}'")
        return f"(?:{self.words[match.group(1)]})"

    def all_patterns(self) -> List[Tuple[str, str, str]]:
        """(file, entry, pattern) of every pattern."""
        found = [
            (safety_id, name, written)
            for safety_id, phrases in self.phrases.items()
            for name, phrase in phrases.items()
            for written in (*phrase.patterns, *(one for several in phrase.together for one in several))
        ]
        cues = self.cues
        found += [("cues", "now", one) for one in (*cues.now, *cues.not_now)] + [("cues", "ends", one) for one in cues.ends]
        for kind, cue in cues.kinds.items():
            found += [("cues", kind, one) for one in (*cue.before, *cue.after, *cue.sentence, *cue.message, *cue.but_not)]
        return found


def read_red_flags(folder: Path, safety_ids: Mapping[str, object], sources: Mapping[str, object]) -> RedFlags:
    """Read data/safety: one file a safety reply with its phrases, `words.yml` and `cues.yml`.

    Raises:
        DataError: a file is missing or broken, a phrase names an unknown source or word, or is no regular expression.
    """
    phrases = {safety_id: read_entries(folder / "phrases" / f"{safety_id}.yml", Phrase) for safety_id in safety_ids}
    flags = RedFlags(
        phrases=phrases,
        words=read_entry(folder / "words.yml", SharedWords).words,
        cues=read_entry(folder / "cues.yml", Cues),
    )
    problems = []
    for stem, name, written in flags.all_patterns():
        path = folder / ("cues.yml" if stem == "cues" else f"phrases/{stem}.yml")
        try:
            flags.pattern(written)
        except (ValueError, re.error) as error:
            keys = ["kinds", name] if stem == "cues" and name in CUE_KINDS else [name]
            problems.append(f"{path}:{line_of(path, keys)}: {name}: '{written}': {error}")
    for safety_id, entries in phrases.items():
        path = folder / "phrases" / f"{safety_id}.yml"
        for name, phrase in entries.items():
            problems += [
                f"{path}:{line_of(path, [name])}: {name}: unknown source '{s}'" for s in phrase.sources if s not in sources
            ]
            if not phrase.patterns and not phrase.together:
                problems.append(f"{path}:{line_of(path, [name])}: {name}: has neither patterns nor together")
    if problems:
        raise DataError("\n".join(problems))
    return flags
