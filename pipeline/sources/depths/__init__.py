"""Depths: what each file gives, its datum and sign, and laying sources over one another."""
