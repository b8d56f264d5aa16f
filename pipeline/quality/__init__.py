"""Quality control of what a survey team brings: ``corridor check``. Nothing is built, nothing is mended."""
