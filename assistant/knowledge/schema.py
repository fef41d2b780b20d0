"""The form of everything in data/: one pydantic model for each kind of entry.

Limits (words, title length) are checked here, so that a broken file is refused with its reason wherever it is loaded.
Reading grade needs a library that only the tests install; tests/content checks it.
"""

import hashlib
import re
from datetime import date
from typing import Any, Dict, List, Literal, Mapping, Optional

from pydantic import BaseModel, Extra, Field, validator

SHORT_WORDS = 60
MORE_WORDS = 150
TITLE_CHARACTERS = 40

# A number followed by a unit of dose. Durations, percentages and day counts are allowed; these never are.
_NUMBER = r"(?:\d[\d.,]*(?:\s*(?:-|to)\s*\d[\d.,]*)?|half an?|half|one|two|three|four|five|six|eight|ten|twenty|fifty|a hundred|a thousand)"
_UNIT = (
    r"(?:mg|mcg|µg|g|grams?|milligrams?|micrograms?|ml|milliliters?|millilitres?|cc|iu|units?|meq|mmol|liters?|litres?|l|drops?"
    r"|tablets?|pills?|capsules?|puffs?|teaspoons?)"
)
DOSE_PATTERN = re.compile(rf"\b{_NUMBER}[\s-]*{_UNIT}\b", re.IGNORECASE)

Says = Literal["article", "evidence", "both", "clinic"]
Evidence = Literal["strong", "moderate", "limited", "none", "not_applicable"]


class Entry(BaseModel):
    """Base of all entries: unknown keys are refused, values do not change after loading."""

    class Config:
        """pydantic's settings."""

        extra = Extra.forbid
        allow_mutation = False


def words(text: str) -> int:
    """Number of whitespace-separated words in `text`."""
    return len(text.split())


class Reviewed(Entry):
    """What a clinician reads and signs: a signature holds a hash of the very text, so that an edit makes it unsigned again."""

    reviewed_by: Optional[str]
    reviewed_on: Optional[date] = None
    reviewed_hash: Optional[str] = None
    review_due: date

    @validator("review_due")
    def _signed_texts_are_complete(cls, value: date, values: Dict[str, object]) -> date:
        if values.get("reviewed_by") and not (values.get("reviewed_on") and values.get("reviewed_hash")):
            raise ValueError("reviewed_by needs reviewed_on and reviewed_hash beside it")
        return value

    @property
    def signed_text(self) -> str:
        """What is signed."""
        raise NotImplementedError

    @property
    def text_hash(self) -> str:
        """Hash of what is signed."""
        return hashlib.sha256(self.signed_text.encode()).hexdigest()[:16]

    @property
    def signed(self) -> bool:
        """Whether a clinician has signed this very text."""
        return bool(self.reviewed_by and self.reviewed_on and self.reviewed_hash == self.text_hash)


class AnswerVariant(Reviewed):
    """One curated answer, as a clinician reads and signs it."""

    title: str
    short: str
    more: str
    says: Says
    evidence: Evidence
    sources: List[str] = Field(default_factory=list)
    next: List[str] = Field(min_items=1, max_items=3)
    never_shorten: bool = False

    @validator("title")
    def _title_fits_a_button(cls, value: str) -> str:
        if len(value) > TITLE_CHARACTERS:
            raise ValueError(f"has {len(value)} characters; a button holds {TITLE_CHARACTERS}")
        return value

    @validator("short", "more")
    def _text_within_limits(cls, value: str, field: "object") -> str:
        limit = SHORT_WORDS if getattr(field, "name", "") == "short" else MORE_WORDS
        text = " ".join(value.split())
        if words(text) > limit:
            raise ValueError(f"has {words(text)} words; the limit is {limit}")
        if not text:
            raise ValueError("is empty")
        found = DOSE_PATTERN.search(text)
        if found:
            raise ValueError(f"looks like a dose: '{found.group()}'")
        return text

    @property
    def signed_text(self) -> str:
        """Title, short and more."""
        return "\n".join([self.title, self.short, self.more])

    @property
    def brief(self) -> str:
        """The opening of `short` that answers by itself: its first sentence, or two where the first has under six words.

        The whole of `short` where a warning sign would be cut off (`never_shorten`).
        """
        if self.never_shorten:
            return self.short
        sentences = re.split(r"(?<=[.?])\s+", self.short)
        return sentences[0] if words(sentences[0]) >= 6 or len(sentences) == 1 else " ".join(sentences[:2])

    @property
    def rest(self) -> str:
        """What `short` says after its opening; empty where the opening is all of it."""
        return self.short[len(self.brief) :].strip()


class Answer(AnswerVariant):
    """The answer of a topic, with one whole answer for each entity value where the topic takes an entity."""

    by_entity: Dict[str, AnswerVariant] = Field(default_factory=dict)


class Reply(Entry):
    """A fixed reply of the conversation itself: a greeting, the menu, a limit.

    `again` is what it says to somebody whom it was said to a moment ago.
    """

    text: str
    again: Optional[str] = None
    title: Optional[str] = Field(default=None, max_length=TITLE_CHARACTERS)
    next: List[str] = Field(default_factory=list, max_items=8)

    @validator("text", "again")
    def _text(cls, value: str) -> str:
        text = "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
        if not text:
            raise ValueError("is empty")
        return text

    @property
    def texts(self) -> List[str]:
        """All that it may say."""
        return [text for text in (self.text, self.again) if text]


class Source(Entry):
    """Something an answer may cite."""

    title: str
    organisation: str
    year: Optional[int]
    address: Optional[str]
    seen: Literal["original", "abstract", "copy", "report"] = "original"


class Phrases(Entry):
    """The assistant's own small words: labels of buttons, the disclaimer, the parts of a list of sources."""

    disclaimer: str
    more_button: str
    sources_button: str
    no_more: str
    brief_on: str
    brief_off: str
    clarify: str
    sources_intro: str
    sources_none: str
    evidence: Dict[Evidence, str]
    says: Dict[Says, str]
    reviewed: str
    unreviewed: str


class Followups(Entry):
    """What a message means that leans on the answer before it; topic ids throughout (see data/followups.yml)."""

    things: Dict[str, List[str]]
    in_short: Dict[str, List[str]]
    circumstances: Dict[str, List[str]]
    speaks_of: Dict[str, List[str]]
    joining: List[str] = Field(min_items=1)
    of_the_person: List[str]
    names_of_the_drip: List[str] = Field(min_items=1)
    comparisons: List[str]
    pronouns: List[str] = Field(min_items=1)
    lead_ins: List[str] = Field(min_items=1)
    reworking: List[str]
    reworking_from: float = Field(ge=0, le=1)
    longest_leaning_message: int = Field(ge=1)


class Sentence(Entry):
    """How a setting is spoken when it is set, and what is said honestly when it is not."""

    set: str
    unset: str


class Clinic(Entry):
    """This clinic's own details; whatever is unset falls back to general text."""

    name: Optional[str] = None
    phone: Optional[str] = None
    hours: Optional[str] = None
    address: Optional[str] = None
    booking_link: Optional[str] = None
    locale: str = "en-US"
    emergency_number: Optional[str] = None
    crisis_line: Optional[str] = None
    crisis_place: Optional[str] = None
    poison_line: Optional[str] = None
    sentences: Dict[str, Sentence]

    @validator("*", pre=True)
    def _words_not_numbers(cls, value: object) -> object:
        if isinstance(value, (int, float)):
            raise ValueError(f"put quotes around {value}: without them YAML reads a number and drops a plus or a zero")
        return value

    @validator("phone", "emergency_number", "crisis_line", "poison_line")
    def _dialable(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not re.fullmatch(r"\+?[\d\s().-]{3,20}", value):
            raise ValueError(f"'{value}' is not a phone number")
        return value

    @validator("booking_link")
    def _web_address(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not re.fullmatch(r"https?://\S+", value):
            raise ValueError(f"'{value}' is not a web address (https://...)")
        return value


_SHARED_WORDS = re.compile(r"\{([a-z_]+)\}")


class LexiconValue(Entry):
    """One entity value: how the assistant names it, every name people use, and patterns for what no list of names can hold.

    Names `in_topic` are too common to say much by themselves ("stroke", "kids"): they count only in a message that asks about things of
    this kind ("can I have it after a stroke"). A pattern is a regular expression for each word, with blanks between
    ("(aged|is) (6[5-9]|[789][0-9])"); case does not count.
    """

    title: str
    names: List[str] = Field(min_items=1)
    in_topic: List[str] = Field(default_factory=list)
    patterns: List[str] = Field(default_factory=list)
    fuzzy: bool = True

    @validator("patterns", each_item=True)
    def _compiles(cls, value: str) -> str:
        for word in value.split():
            try:
                re.compile(word)
            except re.error as error:
                raise ValueError(f"'{word}' is no regular expression: {error}") from None
        return value


class Lexicon(Entry):
    """The values of one entity, and the words that several of their patterns share: `{drug}` in a pattern is the entry `drug`."""

    entity: str
    words: Dict[str, str] = Field(default_factory=dict)
    values: Dict[str, LexiconValue]

    @validator("values", pre=True)
    def _fills_in_words(cls, found: Any, values: Dict[str, Any]) -> Any:
        words = values.get("words") or {}

        def filled(value: Any) -> Any:
            if not isinstance(value, Mapping) or not value.get("patterns"):
                return value
            unknown = {name for pattern in value["patterns"] for name in _SHARED_WORDS.findall(str(pattern))} - set(words)
            if unknown:
                raise ValueError(f"a pattern names unknown words '{min(unknown)}'")
            patterns = [_SHARED_WORDS.sub(lambda match: words[match.group(1)], str(pattern)) for pattern in value["patterns"]]
            return {**value, "patterns": patterns}

        return {key: filled(value) for key, value in found.items()} if isinstance(found, Mapping) else found
