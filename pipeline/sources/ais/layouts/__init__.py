"""The table layouts that AIS comes in, and which of them a header is."""
