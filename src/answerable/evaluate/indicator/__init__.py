"""Indicator cards: what a claim about a count so far this year says, and what it does not."""
