"""The lexicon's names in a message, with all their readings; which reading counts is decided where the intent is known.

Free of Rasa: works on the spaCy document that `language` makes.
"""

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from assistant.knowledge.understood import Mention, Reading
from assistant.nlu.language import LABEL, ONLY_IN_TOPIC, parse_reading
from assistant.nlu.spelling import Correction, applied

# A name with several readings means the one that its topic is about; a message of names alone asks about the first of these.
ENTITY_OF_INTENT = {
    "ask_condition": "condition",
    "ask_ingredient": "ingredient",
    "ask_medicine_interactions": "medicine",
    "ask_where_to_get": "setting",
    "choose_option": "choice",
}
# "First" picks an option only where the whole message does.
ONLY_WITH_INTENT = {"choice"}
FILLERS = {"the", "a", "an", "and", "or", "about", "my", "please", "pls", "ok", "then", "one"}


def names_in(doc: Any) -> List[Mention]:
    """The names in a spaCy document, in the order of the text; a reading `entity?` counts only in its topic."""
    return [
        Mention(span.start_char, span.end_char, tuple(map(parse_reading, span.ent_id_.split("|"))))
        for span in doc.ents
        if span.label_ == LABEL
    ]


def names_put_right(
    read: Callable[[str], Any], text: str, corrections: Sequence[Correction], taken: Sequence[Mention]
) -> List[Mention]:
    """Further names in `text` that show once its misspelt words are put right ("hart failure", "kidny disese").

    Args:
        read: makes the spaCy document of a text.
        text: the message as typed.
        corrections: its misspelt words, in order.
        taken: names already found, which stay.

    Returns:
        Names with their characters in the text as typed, none of which touches one of `taken`.
    """
    if not corrections:
        return []
    moved, added = [], 0
    for start, end, right in corrections:
        moved.append((start + added, start + added + len(right), start, end))
        added += len(right) - (end - start)
    found = []
    for name in names_in(read(applied(text, corrections))):
        if any(name.start < end and start < name.end for start, end, _, _ in moved):
            start, end = _as_typed(name.start, moved, first=True), _as_typed(name.end, moved, first=False)
            if not any(other.start < end and start < other.end for other in taken):
                found.append(Mention(start, end, name.readings))
    return found


def _as_typed(position: int, moved: Sequence[Tuple[int, int, int, int]], first: bool) -> int:
    # Positions before the first correction are the same in both texts; behind one they are moved by what it added.
    shift = 0
    for start, end, typed_start, typed_end in moved:
        if start < position < end or (position == start and first) or (position == end and not first):
            return typed_start if first else typed_end
        if end <= position:
            shift = typed_end - end
    return position + shift


def _by_itself(reading: Reading) -> bool:
    return not reading[0].endswith(ONLY_IN_TOPIC)


def _in_any_topic(name: Mention) -> List[Reading]:
    return [reading for reading in name.readings if reading[0] not in ONLY_WITH_INTENT and _by_itself(reading)]


def is_only_a_name(doc: Any) -> bool:
    """Whether a message is nothing but one or more names of the lexicon ("Benadryl?"): it asks about them.

    A classifier has only the word to go by there, and takes "benadryl" for an overdose as readily as for a question.
    """
    spans = [
        span for span in doc.ents if span.label_ == LABEL and any(_by_itself(parse_reading(r)) for r in span.ent_id_.split("|"))
    ]
    named = {token.i for span in spans for token in span}
    rest = [token for token in doc if token.i not in named and (token.is_alpha or token.like_num)]
    return bool(named) and all(token.lower_ in FILLERS for token in rest)


def mentions_of(names: Sequence[Mention]) -> List[Dict[str, Any]]:
    """Names with all their readings, for whoever knows the conversation."""
    found = []
    for name in names:
        readings = [list(reading) for reading in _in_any_topic(name)]
        if readings:
            found.append({"start": name.start, "end": name.end, "readings": readings})
    return found


def entities_of(names: Sequence[Mention], intent: Optional[str]) -> List[Dict[str, Any]]:
    """Rasa's entities (`start` and `end` in characters), in the order of the text."""
    wanted = ENTITY_OF_INTENT.get(intent or "")
    found = []
    for name in names:
        chosen = [(wanted, value) for entity, value in name.readings if wanted and entity.rstrip(ONLY_IN_TOPIC) == wanted]
        found += [
            {"entity": entity, "value": value, "start": name.start, "end": name.end}
            for entity, value in chosen or _in_any_topic(name)
        ]
    return found
