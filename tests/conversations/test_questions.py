"""Questions in people's words, through the real model, policies, store and action server."""

import pytest

from assistant.reports.conversation import Conversation

QUESTIONS = [
    ("what's in the drip?", "drip_contents"),
    ("whats the recipe of that migraine cocktail", "drip_contents"),
    ("does it actually work", "effectiveness"),
    ("how fast will i feel better", "onset"),
    ("how long before the pain comes back", "duration_of_relief"),
    ("do i get fewer attacks if i have one every month", "prevention"),
    ("what does toridol do", "ingredient/ketorolac"),
    ("is there any point in the b12", "ingredient/b_vitamins"),
    ("what are the anti-nausea meds in it for", "ingredient/anti_nausea"),
    ("can i have it while pregnant", "condition/pregnancy"),
    ("my 14 year old gets migraines, is a drip ok for her", "condition/child_or_teen"),
    ("i've only got one kidney, is it safe", "condition/kidney_disease"),
    ("i take eliquis, can i still have the infusion", "condition/blood_thinners"),
    ("I took imitrex this morning, can I still get the drip", "medicine_interactions/triptan"),
    ("does it clash with my zoloft", "medicine_interactions/antidepressant"),
    ("can I get one at urgent care", "where_to_get/urgent_care"),
    ("how much does it cost", "cost"),
    ("will insurance cover this", "insurance"),
    ("how often can you have it", "how_often"),
    ("what are the side effects", "side_effects"),
    ("can I drive home afterwards", "driving"),
    ("should I eat before my appointment", "preparation"),
    ("does the needle hurt", "pain_and_needles"),
    ("is it fda approved", "approval"),
    ("what's vyepti", "eptinezumab"),
    ("how do I tell aura from a stroke", "aura_or_stroke"),
    ("how much magnesium should I take", "dose"),
    ("should I stop taking topamax", "personal_treatment_choice"),
    ("I get zigzags and then half my head hurts, what do I have", "personal_diagnosis"),
]


@pytest.mark.parametrize(("question", "answer_id"), QUESTIONS)
def test_a_question_gets_its_answer_and_the_disclaimer_last(talk: Conversation, library, question: str, answer_id: str) -> None:
    talk.say(question)
    assert talk.ids == [answer_id, "disclaimer"]
    assert talk.texts == [library.fill(library.answers[answer_id].short), library.phrases.disclaimer]


SAFETY = [
    ("my throat is closing up and I have hives since the infusion started", "emergency_reaction"),
    ("one side of my face is drooping and I can't speak properly", "emergency_stroke"),
    ("worst headache of my life, it came on in a second", "emergency_headache"),
    ("my husband collapsed and won't wake up", "emergency_chest_or_collapse"),
    ("I don't want to live anymore", "crisis_self_harm"),
    ("I swallowed the whole bottle of tylenol", "overdose"),
    ("I can't keep even water down since yesterday", "urgent_same_day"),
]


@pytest.mark.parametrize(("message", "reply_id"), SAFETY)
def test_a_safety_reply_stands_alone(talk: Conversation, library, message: str, reply_id: str) -> None:
    talk.say(message)
    assert talk.ids == [reply_id]
    assert talk.texts == [library.fill(library.safety[reply_id].text)]
    assert talk.buttons == []


@pytest.mark.parametrize(
    "message", ["my head is killing me", "ugh another migraine", "head is splitting today", "this migraine is murder"]
)
def test_an_ordinary_migraine_is_no_emergency(talk: Conversation, library, message: str) -> None:
    assert set(talk.say(message).ids) & set(library.safety) == set()


TALK = [
    ("hi there", "greet"), ("bye now", "goodbye"), ("thank you so much", "thanks"), ("are you a real doctor", "bot_challenge"),
    ("what can you help me with", "capabilities"), ("is this chat private", "privacy"), ("can I speak to a real person", "human_handoff"),
    ("help me prepare questions for my doctor", "visit_checklist"), ("you are a useless idiot", "abuse"),
    ("hola, ¿hablas español?", "other_language"), ("delete my data", "delete_data"), ("that's not what I asked", "feedback_bad"),
    ("that really helped", "feedback_good"), ("my head is pounding again", "having_an_attack"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "reply_id"), TALK)
def test_small_talk_gets_its_reply(talk: Conversation, library, message: str, reply_id: str) -> None:
    talk.say(message)
    assert talk.ids == [reply_id]
    assert talk.texts[0] == library.fill(library.replies[reply_id].text)


@pytest.mark.parametrize(
    "message", ["what's the weather in Paris", "who won the match last night", "write me a poem about cats", "best pizza near me"]
)
def test_what_is_outside_is_never_answered_as_if_inside(talk: Conversation, library, message: str) -> None:
    talk.say(message)
    assert set(talk.ids) <= {"outside", "fallback"}
    assert talk.buttons


@pytest.mark.parametrize(
    "message", ["my knee hurts when I climb stairs", "which vaccine should my baby have", "does an iron infusion hurt"]
)
def test_other_health_questions_are_sent_to_somebody_who_can_answer(talk: Conversation, message: str) -> None:
    assert set(talk.say(message).ids) <= {"outside_medical", "fallback"}


@pytest.mark.parametrize("message", ["", "   ", "?", "🤕", "a", "\u202e\u200b", "x" * 5000, "drip " * 3000])
def test_no_message_is_met_with_silence(talk: Conversation, message: str) -> None:
    talk.say(message)
    assert talk.texts and all(talk.texts)
    assert all(talk.ids)


@pytest.mark.parametrize("command", ["/restart", "/back"])
def test_rasas_own_commands_are_answered(talk: Conversation, command: str) -> None:
    talk.say("how much does it cost")
    talk.say(command)
    assert talk.ids == [command[1:]]


def test_back_after_a_danger_and_a_question_neither_repeats_answers_nor_ends_the_conversation(talk: Conversation) -> None:
    for message in ("my face is drooping on one side", "how much does it cost", "does it hurt"):
        talk.say(message)
    assert talk.say("/back").ids == ["safety_reminder", "back"]
    assert talk.say("how long does it take").ids == ["session_length", "disclaimer"]


@pytest.mark.parametrize(
    ("name", "answer_id"),
    [
        ("benadryl", "ingredient/diphenhydramine"),
        ("Tylenol?", "ingredient/acetaminophen"),
        ("grandma", "condition/older_adult"),
        ("heart murmur", "condition/heart_disease"),
        ("zoloft", "medicine_interactions/antidepressant"),
        ("urgent care", "where_to_get/urgent_care"),
    ],
)
def test_a_name_alone_asks_about_it_and_is_no_emergency(talk: Conversation, name: str, answer_id: str) -> None:
    assert talk.say(name).ids == [answer_id, "disclaimer"]
