"""``python -m flows`` is the ``corridor`` command."""

from flows.cli import main

main()
