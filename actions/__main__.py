"""`python -m actions [--host 127.0.0.1] [--port 5055]`: the action server, on this machine only unless told otherwise.

rasa-sdk's own command listens on all addresses without authentication.
"""

import argparse
import logging

from rasa_sdk.endpoint import create_app
from sanic.log import access_logger

from assistant.knowledge import DataError, load_library


def main() -> int:
    """Serve the actions until stopped; returns 1 where data/ is broken."""
    parser = argparse.ArgumentParser(prog="python -m actions", description="Action server of the assistant")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    options = parser.parse_args()
    try:
        load_library()
    except DataError as error:
        print(f"data/ is broken:\n{error}")
        return 1
    logging.basicConfig(level=logging.WARNING)
    access_logger.setLevel(logging.WARNING)
    app = create_app("actions")
    app.run(host=options.host, port=options.port, workers=1, access_log=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
