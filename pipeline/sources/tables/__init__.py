"""Tables in text and workbooks: rows with the place they stand in, columns by the name of a layout, numbers."""
