"""What is sent: texts from data/, buttons that lead where they say, offers by answer id."""

import pytest

from assistant.knowledge import Library, messages


@pytest.mark.parametrize(
    ("answer_id", "payload"),
    [
        ("cost", "/ask_cost"),
        ("ingredient/magnesium", '/ask_ingredient{"ingredient": "magnesium"}'),
        ("medicine_interactions/triptan", '/ask_medicine_interactions{"medicine": "triptan"}'),
        ("where_to_get/home", '/ask_where_to_get{"setting": "home"}'),
        ("capabilities", "/capabilities"),
    ],
)
def test_payloads(library: Library, answer_id: str, payload: str) -> None:
    assert messages.payload(library, answer_id) == payload


def test_a_short_answer_offers_more_and_the_next_questions(library: Library) -> None:
    message = messages.answer(library, "cost")
    assert message["text"] == library.answers["cost"].short
    assert [b["title"] for b in message["buttons"]] == [
        *(library.title(i) for i in message["offers"]),
        library.phrases.more_button,
    ]
    assert message["offers"] == library.answers["cost"].next


def test_what_the_message_named_is_offered_first_and_never_the_answer_itself(library: Library) -> None:
    message = messages.answer(library, "ingredient/ketorolac", first_offers=["ingredient/magnesium", "ingredient/ketorolac"])
    assert message["offers"][0] == "ingredient/magnesium"
    assert len(message["offers"]) == 3 and "ingredient/ketorolac" not in message["offers"]


def test_sources_are_listed_without_empty_addresses(library: Library) -> None:
    for answer_id in library.answers:
        text = messages.sources_text(library, answer_id)
        assert "None" not in text and "\n\n" not in text
        assert len(text.splitlines()) >= 3


def test_the_parts_of_an_answer_differ(library: Library) -> None:
    texts = {part: messages.answer(library, "cost", part)["text"] for part in ("short", "brief", "more", "sources", "end")}
    assert len(set(texts.values())) == 5
    assert messages.answer(library, "cost", "repeat")["text"] == texts["short"]


def test_a_safety_message_carries_nothing_else(library: Library) -> None:
    message = messages.safety(library, "emergency_stroke")
    assert set(message) == {"text", "answer_id", "urgent"}


def test_every_text_is_free_of_blank_lines_because_stock_channels_split_there(library: Library) -> None:
    for reply_id in library.replies:
        assert "\n\n" not in messages.reply(library, reply_id)["text"], reply_id
