"""AIS as it arrives: layouts, files and messages to judged reports near the corridor, file by file."""
