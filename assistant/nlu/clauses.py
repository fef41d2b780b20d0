"""Where a message may hold two questions: the places at which it can be cut, and the form of what stands on either side.

Pure text, no model: whether a cut is made is decided in `compound`, where both sides have been understood.
"""

import re
from dataclasses import dataclass
from typing import List, Tuple

# No more places than this are tried in one message, the likeliest first; each costs two sentence vectors.
MAX_CUTS = 6
# Of a longer message only the end is searched: people tell the story first and ask then.
MAX_CHARACTERS = 600

# Kinds of joints, the likeliest first.
QUESTION_MARK, SENTENCE, LINKING_WORD, AND, COMMA, RUN_ON = range(6)

_WH = r"(?:what|whats|what's|wat|wats|wot|wots|how|hows|how's|when|whens|where|wheres|where's|why|who|whos|who's|which|whether)"
_VERB = (
    r"(?:is|are|am|was|does|do|did|can|could|will|would|should|may|must|has|have|isn't|isnt|doesn't|doesnt|don't|dont|any|"
    r"tell me|explain|describe|(?:i'?d|would) like to|(?:need|want|like|wants) to (?:know|ask|hear|understand|book|see)|wondering|curious)"
)
_QUESTION_OPENING = rf"(?:{_WH}|{_VERB})"
_BEFORE_AN_OPENING = r"(?:^|[.,;:!\n]|\b(?:and|so|but|ok|okay|also|then|um|uh|like|please|hi|hey|hello|know|n|plus)\b)"
_OPENING = re.compile(rf"{_BEFORE_AN_OPENING}\W*{_QUESTION_OPENING}\b", re.IGNORECASE)
# What opens a question of its own without any joint before it; "who", "when" or "is" mostly go on with the one that is there.
_NEW_QUESTION = (
    r"(?:what|whats|what's|wat|wats|wot|wots|how|hows|why|who\s+(?:is|does|do|can|gives|puts)|does|do\s+(?:i|you|they|u)|can|could|will\s+it|"
    r"is\s+(?:it|this|there)|are\s+there|should)"
)
# "I take lexapro is that a problem": a question in the middle, without any joint.
_ASKS_INSIDE = re.compile(
    r"\b(?:(?:is|are|was|will|would)\s+(?:it|that|this|there|these|those|the|they|i)|(?:can|could|may|should|do|does|am|did)\s+(?:i|you|u|we|it|they|he|she|"
    r"that|this|the|people|drips?)|whats|what's|how\s+(?:much|long|often|many|do|does|is|would))\b",
    re.IGNORECASE,
)
# "Or would I pay it all?" offers another answer to the same question.
_SAME_QUESTION = re.compile(r"(?:or|than|because|cause|cuz|instead|rather)\b", re.IGNORECASE)
# "How long | does it take": the verb of a question that has just begun opens none of its own, nor does "and | how"; but "what is it | how
# much is it" are two.
_LINKED = r"\b(?:and|or|but|so|um|uh|like|that|of|to|about|if|n|i|you|we|they)\W*"
_BEGUN = re.compile(rf"(?:\b{_WH}\b\W+(?:[\w']+\W+){{0,6}}|{_LINKED}|\bit\W*)$", re.IGNORECASE)
_BEGUN_BEFORE_A_WH = re.compile(rf"(?:\b{_WH}\W*|{_LINKED})$", re.IGNORECASE)
# "What is it | does it work", "hows it work | is it safe".
_AFTER_IT = re.compile(r"\bit(?:\s+works?|\s+is)?\W*$", re.IGNORECASE)
_VERB_AND_SUBJECT = re.compile(
    r"(?:is|are|does|do|can|could|will|should)\s+(?:it|i|they|there|this|that|you|u|we)\b", re.IGNORECASE
)
_OPENS_WITH_A_WH = re.compile(rf"{_WH}\b", re.IGNORECASE)
_JOINTS: Tuple[Tuple[int, str], ...] = (
    (QUESTION_MARK, r"\?+[\s)\"']*(?:and\b|&|n\b|also\b|plus\b|oh\b|,|\s)*"),
    (
        SENTENCE,
        r"(?:[.!;]+\s+|\s+[-\u2013\u2014/]+\s+|\n+|(?:^|\s)\(?[1-4a-c][.):]\s*)(?:and\b\s*|&\s*|also\b\s*|plus\b\s*|oh\b\s*)*",
    ),
    (
        LINKING_WORD,
        r",?\s+(?:oh\s+and|and\s+also|and\s+then|and\s+another\s+thing|also|plus|as\s+well\s+as|another\s+thing|oh|then)\b[,:]?\s+",
    ),
    (AND, rf",?\s+(?:(?:and|n|nd|&|\+)\s+|an\s+(?={_QUESTION_OPENING}\b))"),
    (COMMA, r",\s*"),
    (RUN_ON, rf"\s+(?={_NEW_QUESTION}\s)"),
)
# Somebody tells something: no question form, and a person in it or many words.
_PERSON = re.compile(r"\b(?:i|i'm|im|i've|ive|my|me|we|our|he|he's|she|she's|her|his|they|their|it's|it)\b", re.IGNORECASE)
LONGEST_FRAGMENT = 5
_PRONOUN_FIRST = re.compile(
    r"\W*(?:(?:and|also|so|but) )*(?:it|it's|its|that|this|they|these|those|he|she|them)\b", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Cut:
    """A place where a message may be cut in two: characters 0 to `end` and `start` to the end of the message."""

    end: int
    start: int
    kind: int


def asks(clause: str) -> bool:
    """Whether a clause has the form of a question: a question mark, or question words where a question begins."""
    return "?" in clause or bool(_OPENING.search(clause) or _ASKS_INSIDE.search(clause))


def opens_with_a_question(clause: str) -> bool:
    """Whether a clause has question words where a question begins."""
    return bool(_OPENING.match(clause))


def refers_back(clause: str) -> bool:
    """Whether a clause begins with a pronoun ("and it", "that one")."""
    return bool(_PRONOUN_FIRST.match(clause))


def words(clause: str) -> int:
    """How many words a clause has."""
    return len(_WORD.findall(clause))


def tells(clause: str) -> bool:
    """Whether a clause tells something rather than asks: the scene before a question, mostly."""
    return not asks(clause) and (bool(_PERSON.search(clause)) or words(clause) > LONGEST_FRAGMENT)


def _is_begun(before: str, after: str) -> bool:
    """Whether what opens `after` belongs to a question that `before` has only begun."""
    if _AFTER_IT.search(before) and _VERB_AND_SUBJECT.match(after):
        return False
    begun = _BEGUN_BEFORE_A_WH if _OPENS_WITH_A_WH.match(after) else _BEGUN
    return bool(begun.search(before))


def cuts(text: str) -> List[Cut]:
    """Places where `text` may be cut, at most MAX_CUTS, in the order of the text.

    Both sides hold a word.
    """
    found: List[Cut] = []
    begin = max(0, len(text) - MAX_CHARACTERS)
    for kind, pattern in _JOINTS:
        for match in re.finditer(pattern, text[begin:], re.IGNORECASE):
            end, start = begin + match.start(), begin + match.end()
            if kind == QUESTION_MARK:
                end += len(match.group()) - len(match.group().lstrip("?"))
            taken = any(cut.end <= start and end <= cut.start for cut in found)
            goes_on = (kind == RUN_ON and _is_begun(text[:start], text[start:])) or _SAME_QUESTION.match(text[start:])
            if not taken and not goes_on and _WORD.search(text[:end]) and _WORD.search(text[start:]):
                found.append(Cut(end, start, kind))
    return sorted(sorted(found, key=lambda cut: cut.kind)[:MAX_CUTS], key=lambda cut: cut.start)
