"""The assistant: knowledge, language understanding, corrections to Rasa, and reports, each in a room of its own."""
