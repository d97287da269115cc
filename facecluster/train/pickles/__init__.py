"""Pickles that strangers wrote. Loads no torch."""
