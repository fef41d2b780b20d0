"""Builds what is sent: the messages of an answer, as plain dictionaries that any channel and both processes understand.

A message is `{"text": ..., "buttons": [...], "answer_id": ..., "part": ..., "offers": [...]}`, buttons as
`{"title": ..., "payload": "/intent{...}"}`. Every text in it comes from data/.
"""

import json
from typing import Any, Dict, Iterable, List, Optional, Sequence

from assistant.knowledge.library import Library

Message = Dict[str, Any]
SHORT, MORE, BRIEF, REST, SOURCES, REPEAT, END = "short", "more", "brief", "rest", "sources", "repeat", "end"


def payload(library: Library, answer_id: str) -> str:
    """The button payload that leads to `answer_id`: `/ask_cost`, `/ask_ingredient{"ingredient": "magnesium"}`, `/capabilities`."""
    topic, _, value = answer_id.partition("/")
    if topic not in library.topics:
        return f"/{topic}"
    if not value:
        return f"/ask_{topic}"
    return f"/ask_{topic}" + json.dumps({library.entity_of_topic[topic]: value})


def buttons_for(library: Library, answer_ids: Iterable[str]) -> List[Dict[str, str]]:
    """One button for each answer or titled reply."""
    found = []
    for answer_id in answer_ids:
        title = library.title(answer_id)
        if title:
            found.append({"title": title, "payload": payload(library, answer_id)})
    return found


def reply(
    library: Library, reply_id: str, answer_id: Optional[str] = None, offers: Optional[List[str]] = None, again: bool = False
) -> Message:
    """A fixed reply of the conversation, with the buttons that belong to it.

    Args:
        library: all content.
        reply_id: the reply whose text is said.
        answer_id: the id to report where several replies serve one (`fallback_nothing` is reported as `fallback`).
        offers: answer ids to offer in place of the reply's own.
        again: whether it was said a moment ago; a reply that has other words for that says those.
    """
    entry = library.replies[reply_id]
    chosen = list(entry.next if offers is None else offers)
    message: Message = {"text": library.fill((again and entry.again) or entry.text), "answer_id": answer_id or reply_id}
    if chosen:
        message.update(buttons=buttons_for(library, chosen), offers=chosen)
    return message


def safety(library: Library, safety_id: str) -> Message:
    """A safety reply: alone, without buttons, offers or disclaimer."""
    return {"text": library.fill(library.safety[safety_id].text), "answer_id": safety_id, "urgent": True}


def disclaimer(library: Library) -> Message:
    """The closing message of every turn with a curated answer or a decline."""
    return {"text": library.phrases.disclaimer, "answer_id": "disclaimer"}


def clarify(library: Library, answer_ids: Sequence[str]) -> Message:
    """One short question: which of two answers is meant, both as buttons."""
    one, other = (str(library.title(answer_id)).rstrip("?") for answer_id in answer_ids)
    return {
        "text": library.phrases.clarify.format(one=one, other=other),
        "answer_id": "clarify",
        "buttons": buttons_for(library, answer_ids),
        "offers": list(answer_ids),
    }


def part_after(library: Library, answer_id: str, last_part: Optional[str], brief: bool) -> str:
    """The part of an answer that has not been said yet, for somebody who asks on about the same thing."""
    if brief and last_part == BRIEF and library.answers[answer_id].rest:
        return REST
    if last_part in (SHORT, BRIEF, REST, REPEAT):
        return MORE
    return BRIEF if brief else SHORT


def answer(
    library: Library, answer_id: str, part: str = SHORT, first_offers: Iterable[str] = (), several: bool = False
) -> Message:
    """One curated answer.

    Args:
        library: all content.
        answer_id: which answer.
        part: "short", "brief" (its opening), "rest" (what follows the opening), "more", "repeat" (short again), "sources", or
            "end" (nothing further to tell).
        first_offers: answer ids to offer before the answer's own next questions.
        several: whether it is one of several answers of a turn; "tell me more" would be ambiguous there, and is left out.
    """
    entry = library.answers[answer_id]
    phrases = library.phrases
    offers = [i for i in dict.fromkeys([*first_offers, *entry.next]) if i != answer_id][:3]
    control = {"title": phrases.more_button, "payload": "/more_detail"}
    if part == SOURCES:
        text = sources_text(library, answer_id)
    elif part == MORE:
        text, control = library.fill(entry.more), {"title": phrases.sources_button, "payload": "/sources"}
    elif part == END:
        text, control = phrases.no_more, {"title": phrases.sources_button, "payload": "/sources"}
    else:
        text = library.fill({BRIEF: entry.brief, REST: entry.rest}.get(part, entry.short))
    shown = offers[:1] if part in (BRIEF, REST) or several else offers
    # Last, so that "2" means the second topic in a terminal, which numbers all buttons.
    buttons = [] if part == SOURCES or several else [control]
    return {
        "text": text,
        "answer_id": answer_id,
        "part": BRIEF if part == REST else part,
        "buttons": buttons_for(library, shown) + buttons,
        "offers": shown,
    }


def sources_text(library: Library, answer_id: str) -> str:
    """What an answer rests on, a line a source, with the grade of evidence and whether a clinician has signed it."""
    entry = library.answers[answer_id]
    phrases = library.phrases
    lines = [f"{phrases.sources_intro}:" if entry.sources else phrases.sources_none]
    for key in entry.sources:
        source = library.sources[key]
        year = f", {source.year}" if source.year else ""
        address = f" {source.address}" if source.address else ""
        lines.append(f"- {source.title}. {source.organisation}{year}.{address}")
    lines.append(phrases.evidence[entry.evidence])
    if entry.says != "clinic":
        lines.append(phrases.says[entry.says])
    lines.append(phrases.reviewed if entry.signed else phrases.unreviewed)
    return "\n".join(lines)
