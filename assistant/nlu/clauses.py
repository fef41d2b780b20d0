"""Where a message may hold two questions: the places at which it can be cut, and what stands on either side.

Pure text, no model: whether a cut is made is decided in `compound`, where both sides have been understood.
"""

import re
from dataclasses import dataclass
from typing import List, Tuple

# No more places than this are tried in one message, the likeliest first; each costs two sentence vectors.
MAX_CUTS = 5
# Of a longer message only the end is searched: people tell the story first and ask then.
MAX_CHARACTERS = 600

# Kinds of joints, the likeliest first.
QUESTION_MARK, SENTENCE, LINKING_WORD, AND, COMMA, RUN_ON = range(6)

_WH = r"(?:what|whats|what's|wat|wats|how|hows|how's|when|whens|where|wheres|where's|why|who|whos|who's|which|whether)"
_VERB = (
    r"(?:is|are|am|was|does|do|did|can|could|will|would|should|may|must|has|have|isn't|isnt|doesn't|doesnt|don't|dont|"
    r"any|tell me|need to know|want to know|wondering)"
)
_QUESTION_OPENING = rf"(?:{_WH}|{_VERB})"
_JOINTS: Tuple[Tuple[int, str], ...] = (
    (QUESTION_MARK, r"\?+[\s)\"']*(?:and\b|&|n\b|also\b|plus\b|oh\b|,|\s)*"),
    (
        SENTENCE,
        r"(?:[.!;]+\s+|\s+[-\u2013\u2014/]+\s+|\n+|(?:^|\s)\(?[1-4a-c][.):]\s*)(?:and\b\s*|&\s*|also\b\s*|plus\b\s*|oh\b\s*)*",
    ),
    (
        LINKING_WORD,
        r",?\s+(?:oh\s+and|and\s+also|and\s+then|and\s+another\s+thing|also|plus|as\s+well\s+as|another\s+thing|oh)\b[,:]?\s+",
    ),
    (AND, r",?\s+(?:and|n|nd|&|\+)\s+"),
    (COMMA, r",\s*"),
    (RUN_ON, rf"\s+(?={_QUESTION_OPENING}\s)"),
)
_OPENING = re.compile(
    rf"^\W*(?:(?:and|so|but|ok|okay|also|then|um|uh|like|please|hi|hey|hello)\W+)*{_QUESTION_OPENING}\b", re.IGNORECASE
)
_WORD = re.compile(r"\w+")
# "how long | does it take": the verb of a question that has just begun opens none of its own, nor does "and | how".
_BEGUN = re.compile(
    rf"(?:\b{_WH}\b\W+(?:[\w']+\W+){{0,3}}|\b(?:and|or|but|so|um|uh|like|that|of|to|about|if|n|i|you|we|they|it)\W*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cut:
    """A place where a message may be cut in two: characters 0 to `end` and `start` to the end of the message."""

    end: int
    start: int
    kind: int


def asks(clause: str) -> bool:
    """Whether a clause has the form of a question: a question mark, or a question word in front."""
    return "?" in clause or bool(_OPENING.search(clause))


def cuts(text: str) -> List[Cut]:
    """Places where `text` may be cut, at most MAX_CUTS, in the order of the text; both sides hold a word."""
    found: List[Cut] = []
    begin = max(0, len(text) - MAX_CHARACTERS)
    for kind, pattern in _JOINTS:
        for match in re.finditer(pattern, text[begin:], re.IGNORECASE):
            end, start = begin + match.start(), begin + match.end()
            if kind == QUESTION_MARK:
                end += len(match.group()) - len(match.group().lstrip("?"))
            taken = any(cut.end <= start and end <= cut.start for cut in found)
            if kind == RUN_ON and _BEGUN.search(text[:start]):
                continue
            if not taken and _WORD.search(text[:end]) and _WORD.search(text[start:]):
                found.append(Cut(end, start, kind))
    return sorted(sorted(found, key=lambda cut: cut.kind)[:MAX_CUTS], key=lambda cut: cut.start)
