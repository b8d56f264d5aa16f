"""The route: its positions from any format, and the frame of stations and cells along it."""
