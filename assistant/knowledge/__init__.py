"""Knowledge: loads and validates what is in data/, and finds the answer for a topic, its entities and the conversation."""

from assistant.knowledge.library import Library, load_library
from assistant.knowledge.reader import DataError

__all__ = ["DataError", "Library", "load_library"]
