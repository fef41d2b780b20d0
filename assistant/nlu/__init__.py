"""Language understanding: Rasa graph components for the spaCy document, the sentence encoder, intents and entities.

Rasa imports this package whenever it loads config.yml's pipeline, with whatever command and settings: it is therefore the
one place where the corrections to Rasa are sure to be in force.
"""

from assistant.runtime import corrections

corrections.apply()
