"""Each hot path beside what a user would otherwise run, in one run: ``make bench`` (``ONLY=name`` for one)."""
