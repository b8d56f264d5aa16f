"""What changed between two releases: by kilometre post or by place, in words, as a table, on a map, with causes."""

from pipeline.releases.changes.compare import Changes, compare
from pipeline.releases.changes.page import map_page
from pipeline.releases.changes.table import as_csv, as_json, as_table, csv_metadata
from pipeline.releases.changes.words import in_words, told

__all__ = ["Changes", "as_csv", "as_json", "as_table", "compare", "csv_metadata", "in_words", "map_page", "told"]
