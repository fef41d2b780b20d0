"""The library: everything in data/ that the assistant may say, loaded once and checked as a whole."""

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Tuple

from assistant.knowledge.reader import DataError, line_of, read_entries, read_entry, read_yaml
from assistant.knowledge.safety import NUMBERS, AfterDanger, Numbers, RedFlags, SafetyReply, read_red_flags
from assistant.knowledge.schema import (
    SHORT_WORDS,
    Answer,
    AnswerVariant,
    Clinic,
    Followups,
    Lexicon,
    Phrases,
    Reply,
    Source,
    words,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"

# Themes whose answers are curated content with a disclaimer; the other two hold replies of the conversation itself.
ANSWER_THEMES = ("drip", "effect", "suitability", "medicines", "session", "schedule", "access", "risks", "care", "declines")
REPLY_THEMES = ("conversation", "outside")


@dataclass(frozen=True)
class Library:
    """All content by id.

    Attributes:
        answers: curated answers by answer id (`side_effects`, `ingredient/magnesium`).
        topics: ids of the topics among them, in the order of the files.
        entity_of_topic: topic id -> the entity whose values it has answers for (`medicine_interactions` -> `medicine`).
        replies: fixed replies by id (`greet`, `fallback`).
        safety: safety replies by id (`emergency_stroke`).
        lexicon: entity name -> its values.
    """

    answers: Dict[str, AnswerVariant]
    topics: Tuple[str, ...]
    entity_of_topic: Dict[str, str]
    declines: Tuple[str, ...]
    replies: Dict[str, Reply]
    safety: Dict[str, SafetyReply]
    sources: Dict[str, Source]
    phrases: Phrases
    clinic: Clinic
    followups: Followups
    numbers: Numbers
    after_danger: AfterDanger
    red_flags: RedFlags
    lexicon: Dict[str, Lexicon] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Put the clinic's settings into the `{placeholders}` of a text of data/."""
        if "{" not in text:
            return text
        return text.format(**self._clinic_values)

    @cached_property
    def _clinic_values(self) -> Dict[str, str]:
        country = self.clinic.locale.replace("_", "-").split("-")[-1].upper()
        values = dict(self.numbers.countries.get(country, {}))
        values.update({k: v for k, v in self.clinic.dict().items() if isinstance(v, str)})
        for name, sentence in {**self.numbers.sentences, **self.clinic.sentences}.items():
            needed = [part.split("}")[0] for part in sentence.set.split("{")[1:]]
            chosen = sentence.set if all(values.get(part) for part in needed) else sentence.unset
            spoken = chosen.format(**values)
            values[name] = spoken
            values[name[0].upper() + name[1:]] = spoken[0].upper() + spoken[1:]
        return values

    def in_country(self, country: str) -> "Library":
        """The same library for a clinic with a locale of `country` (`US`, `GB`; any other for one that nothing is known of)."""
        nothing_set = {name: None for name in NUMBERS}
        return replace(self, clinic=self.clinic.copy(update={**nothing_set, "locale": f"en-{country}"}))

    def title(self, answer_id: str) -> Optional[str]:
        """Button text for an answer or reply id, or None where there is none."""
        if answer_id in self.answers:
            return self.answers[answer_id].title
        reply = self.replies.get(answer_id)
        return reply.title if reply else None


def _load_answers(data: Path) -> Tuple[Dict[str, AnswerVariant], Dict[str, Tuple[str, ...]], Tuple[str, ...], Tuple[str, ...]]:
    answers: Dict[str, AnswerVariant] = {}
    entity_topics: Dict[str, Tuple[str, ...]] = {}
    topics: List[str] = []
    declines: List[str] = []
    for theme in ANSWER_THEMES:
        for topic, answer in read_entries(data / "answers" / f"{theme}.yml", Answer).items():
            if topic in answers:
                raise DataError(f"{data / 'answers' / f'{theme}.yml'}: the topic '{topic}' stands in two files")
            answers[topic] = answer
            topics.append(topic)
            if theme == "declines":
                declines.append(topic)
            if answer.by_entity:
                entity_topics[topic] = tuple(answer.by_entity)
                answers.update({f"{topic}/{value}": variant for value, variant in answer.by_entity.items()})
    return answers, entity_topics, tuple(topics), tuple(declines)


def _check_references(library: Library, data: Path) -> None:
    problems: List[str] = []
    answers, replies = data / "answers", {**library.answers, **library.replies}

    def unknown(entry_id: str, what: str, key: str, known: Iterable[str]) -> str:
        near = get_close_matches(key, list(known), n=1)
        return f"{_file_of(entry_id, answers, library)}: {entry_id}: {what} '{key}'" + (
            f"; did you mean '{near[0]}'?" if near else ""
        )

    for entry_id, answer in library.answers.items():
        problems += [unknown(entry_id, "unknown source", k, library.sources) for k in answer.sources if k not in library.sources]
        wrong = [k for k in answer.next if k not in library.answers]
        problems += [unknown(entry_id, "'next' names an unknown answer", k, library.answers) for k in wrong]
        if entry_id in answer.next:
            problems.append(f"{_file_of(entry_id, answers, library)}: {entry_id}: 'next' names the answer itself")
        if not answer.sources and answer.says != "clinic" and entry_id not in library.declines:
            problems.append(f"{_file_of(entry_id, answers, library)}: {entry_id}: no sources")
    for entry_id, reply in library.replies.items():
        wrong = [k for k in reply.next if k not in replies]
        problems += [unknown(entry_id, "'next' names an unknown answer", k, replies) for k in wrong]
    for entry_id, safety in library.safety.items():
        problems += [unknown(entry_id, "unknown source", k, library.sources) for k in safety.sources if k not in library.sources]
        problems += [
            unknown(entry_id, "'covers' names an unknown reply", k, library.safety)
            for k in safety.covers
            if k not in library.safety
        ]
    follow = library.followups
    named = {**follow.in_short, **follow.circumstances, **follow.things}
    meant = {*follow.of_the_person, *(topic for topics in named.values() for topic in topics)}
    spoken_of = {f"ingredient/{value}" for values in follow.speaks_of.values() for value in values}
    for key in sorted(({*named, *follow.speaks_of, *spoken_of} - set(library.answers)) | (meant - set(library.topics))):
        problems.append(f"{data / 'followups.yml'}: unknown topic '{key}'")
    texts = [(i, text) for i, a in library.answers.items() for text in (a.short, a.more)]
    texts += [(i, text) for i, reply in library.replies.items() for text in reply.texts]
    texts += [(i, text) for i, s in library.safety.items() for text in (s.text, s.reminder)]
    texts += [("if_now", library.after_danger.if_now)]
    for entry_id, text in texts:
        try:
            library.fill(text)
        except (KeyError, IndexError, ValueError) as error:
            problems.append(f"{_file_of(entry_id, answers, library)}: {entry_id}: unknown placeholder {error}")
    if not problems:
        problems = _too_long_in_panic(library, data)
    if problems:
        raise DataError("\n".join(problems))


def _too_long_in_panic(library: Library, data: Path) -> List[str]:
    """Safety replies that have too many words somewhere: numbers are said in more or fewer words from country to country."""
    problems = []
    countries = {"general": library, **{country: library.in_country(country) for country in ("", *library.numbers.countries)}}
    for entry_id, reply in library.safety.items():
        count, country = max((words(there.fill(reply.text)), country) for country, there in countries.items())
        if count > SHORT_WORDS:
            place = _file_of(entry_id, data / "answers", library)
            problems.append(
                f"{place}: {entry_id}: has {count} words ({country or 'unknown country'}); the limit is {SHORT_WORDS}"
            )
    return problems


def _file_of(entry_id: str, answers: Path, library: Library) -> str:
    """File, and the line where it can be found, of an answer or reply."""
    if entry_id in library.safety:
        files = [answers.parent / "safety" / "replies.yml"]
    else:
        files = [answers / f"{theme}.yml" for theme in (*ANSWER_THEMES, *REPLY_THEMES)]
    topic, _, value = entry_id.partition("/")
    for path in files:
        if topic in (read_yaml(path) or {}):
            return f"{path}:{line_of(path, [topic, *(['by_entity', value] if value else [])])}"
    return str(answers)


def _entities_of_topics(entity_topics: Dict[str, Tuple[str, ...]], lexicon: Dict[str, Lexicon]) -> Dict[str, str]:
    found = {}
    for topic, values in entity_topics.items():
        fitting = [name for name, entry in lexicon.items() if set(values) <= set(entry.values)]
        if not fitting:
            known = set().union(*(entry.values for entry in lexicon.values()))
            missing = ", ".join(sorted(set(values) - known)) or "spread over several entities"
            raise DataError(f"data/lexicon: no entity has all the values that '{topic}' has answers for ({missing})")
        found[topic] = fitting[0]
    return found


def load_lexicon(data: Path = DATA) -> Dict[str, Lexicon]:
    """Read data/lexicon: entity name -> its values with their names.

    Raises:
        DataError: a file is missing or broken.
    """
    files = sorted((data / "lexicon").glob("*.yml"))
    if not files:
        raise DataError(f"{data / 'lexicon'}: no lexicon files")
    lexicon = {}
    for path in files:
        entry = read_entry(path, Lexicon)
        lexicon[entry.entity] = entry
    return lexicon


def read_library(data: Path = DATA) -> Library:
    """Read and check all of data/.

    Raises:
        DataError: a file is missing or broken, or an entry refers to one that does not exist.
    """
    answers, entity_topics, topics, declines = _load_answers(data)
    lexicon = load_lexicon(data)
    safety = read_entries(data / "safety" / "replies.yml", SafetyReply)
    sources = read_entries(data / "sources.yml", Source)
    replies: Dict[str, Reply] = {}
    for theme in REPLY_THEMES:
        replies.update(read_entries(data / "answers" / f"{theme}.yml", Reply))
    library = Library(
        answers=answers,
        topics=topics,
        entity_of_topic=_entities_of_topics(entity_topics, lexicon),
        declines=declines,
        replies=replies,
        safety=safety,
        sources=sources,
        phrases=read_entry(data / "phrases.yml", Phrases),
        clinic=read_entry(data / "clinic.yml", Clinic),
        followups=read_entry(data / "followups.yml", Followups),
        numbers=read_entry(data / "safety" / "numbers.yml", Numbers),
        after_danger=read_entry(data / "safety" / "after.yml", AfterDanger),
        red_flags=read_red_flags(data / "safety", safety, sources),
        lexicon=lexicon,
    )
    _check_references(library, data)
    return library


@lru_cache(maxsize=1)
def load_library() -> Library:
    """The project's own library, read once a process."""
    return read_library(DATA)
