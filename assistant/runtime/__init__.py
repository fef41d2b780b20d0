"""Runtime: starting the assistant, its fixed replies inside the server, and corrections to Rasa."""
