"""``corridor`` and ``python -m flows``: listens for an interrupt before anything large is loaded."""

import sys

from flows import interrupt


def main() -> None:
    """Run the command."""
    interrupt.listen()
    try:
        from flows.cli import main as command
    except KeyboardInterrupt:
        sys.exit(interrupt.end())
    command()


if __name__ == "__main__":
    main()
