"""Ready-made maps of ship density: hours per square kilometre, file by file."""
