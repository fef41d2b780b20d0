"""More, again, shorter, sources, yes: what works on the answer given last."""

from assistant.knowledge import Library, messages
from assistant.reports.conversation import Conversation


def test_tell_me_more_gives_the_detail_and_then_what_people_ask_next(talk: Conversation, library: Library) -> None:
    talk.say("what are the side effects")
    talk.press("Tell me more")
    assert (talk.ids, talk.parts) == (["side_effects", "disclaimer"], ["more", None])
    assert talk.texts[0] == library.answers["side_effects"].more
    talk.say("go on")
    assert (talk.ids, talk.parts) == (["side_effects", "disclaimer"], ["end", None])
    assert talk.texts[0] == library.phrases.no_more
    assert talk.offers == list(library.answers["side_effects"].next)


def test_sources_are_those_of_the_last_answer(talk: Conversation, library: Library) -> None:
    talk.say("does magnesium help")
    talk.say("where does that come from")
    assert (talk.ids, talk.parts) == (["ingredient/magnesium", "disclaimer"], ["sources", None])
    for key in library.answers["ingredient/magnesium"].sources:
        assert library.sources[key].title in talk.texts[0]
    assert library.phrases.unreviewed in talk.texts[0]


def test_say_that_again_repeats_the_answer(talk: Conversation) -> None:
    first = talk.say("how much does it cost").texts
    talk.say("say that again please")
    assert (talk.ids, talk.parts) == (["cost", "disclaimer"], ["repeat", None])
    assert talk.texts == first


def test_say_that_again_repeats_a_safety_reply_alone(talk: Conversation) -> None:
    talk.say("how much does it cost")
    first = talk.say("half my face is drooping and my arm is weak").texts
    assert talk.say("what? say that again").texts == first
    assert talk.ids == ["emergency_stroke"]


def test_shorter_shortens_the_last_answer_and_the_later_ones_until_asked_otherwise(talk: Conversation, library: Library) -> None:
    talk.say("how much does it cost")
    talk.say("too long, shorter please")
    assert talk.ids == ["cost", "disclaimer"]
    assert talk.texts[0] == f"{library.answers['cost'].brief} {library.phrases.brief_on}"
    talk.say("does it actually work")
    assert (talk.ids[0], talk.parts[0]) == ("effectiveness", "brief")
    assert talk.texts[0] == library.answers["effectiveness"].brief
    talk.say("you can give me the full answers again")
    assert talk.texts[0] == f"{library.answers['effectiveness'].short} {library.phrases.brief_off}"
    talk.say("can I drive home afterwards")
    assert talk.parts[0] == "short"


def test_warning_signs_are_not_cut_off_when_short_answers_are_wanted(talk: Conversation, library: Library) -> None:
    talk.say("keep your answers short")
    assert talk.ids == ["shorter"]
    talk.say("when should I go to the ER with a headache")
    assert talk.texts[0] == library.fill(library.answers["when_to_go_to_er"].short)


def test_yes_after_an_answer_tells_more(talk: Conversation) -> None:
    talk.say("what's in the drip?")
    talk.say("yes please")
    assert (talk.ids[0], talk.parts[0]) == ("drip_contents", "more")


def test_more_without_an_answer_before_it_shows_the_menu(talk: Conversation) -> None:
    for message in ("tell me more", "say that again", "where does that come from"):
        assert talk.say(message).ids == ["menu"]
        assert talk.buttons


def test_a_pressed_button_means_what_it_names_and_not_what_was_asked_before(talk: Conversation) -> None:
    talk.say("does magnesium help")
    assert talk.ids[0] == "ingredient/magnesium"
    for payload in ("/ask_ingredient", '/ask_ingredient{"ingredient": "unicorn"}'):
        assert talk.say(payload).ids[0] == "ingredient"


def test_start_over_forgets_the_last_answer(talk: Conversation) -> None:
    talk.say("does magnesium help")
    assert talk.say("start over").ids == ["start_over"]
    assert talk.say("tell me more").ids == ["menu"]


def test_a_button_leads_to_the_answer_it_names(talk: Conversation, library: Library) -> None:
    talk.say("what's in the drip?")
    for answer_id in list(talk.offers):
        talk.say("what's in the drip?")
        talk.press(library.answers[answer_id].title)
        assert talk.ids == [answer_id, "disclaimer"]


def test_every_answer_can_be_reached_by_its_button(talk: Conversation, library: Library) -> None:
    for answer_id in library.answers:
        talk.say(messages.payload(library, answer_id))
        assert talk.ids == [answer_id, "disclaimer"], answer_id


def test_what_was_not_understood_offers_the_nearest_topics(conversations, library: Library) -> None:
    """The wording of the message is whatever the present model is unsure of; what counts is what comes then."""
    unsure = [
        "the bag thing and the other, you know",
        "is it about the time or",
        "and if they do it then",
        "the one with the thing",
        "hm the arm or what",
    ]
    offered = 0
    for message in unsure:
        talk = conversations.start().say(message)
        if talk.ids == ["fallback"]:
            offered += 1
            assert 1 <= len(talk.offers) <= 3
            assert talk.buttons == [library.title(answer_id) for answer_id in talk.offers]
            first = talk.offers[0]
            talk.press(library.title(first) or "")
            assert talk.ids[0] == first
    assert offered >= 1


def test_an_illness_told_of_is_kept_in_mind_until_the_visitor_starts_over(talk: Conversation) -> None:
    talk.say("I'm pregnant, is it safe?")
    talk.say("how much does it cost")
    talk.say("and DHE?")
    assert (talk.ids, talk.parts) == (["condition/pregnancy", "disclaimer"], ["more", None])
    assert talk.say("is toradol safe for me?").ids == ["condition/pregnancy", "disclaimer"]
    talk.say("oh wait, I'm not pregnant, that was last year")
    talk.say("how much does it cost")
    assert talk.say("and DHE?").ids == ["ingredient/dihydroergotamine", "disclaimer"]
    talk.say("I'm pregnant, is it safe?")
    talk.say("start over")
    talk.say("how much does it cost")
    assert talk.say("and DHE?").ids == ["ingredient/dihydroergotamine", "disclaimer"]
