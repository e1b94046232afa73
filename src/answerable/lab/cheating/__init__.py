"""Cheating the record, ten ways, and what finds it out: each kind is played against the real checks of a reader."""
