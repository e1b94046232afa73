"""The rules engine: packs of dated rules, typed facts, and findings that carry their reasons.

No word of any trade is written in this room's Python: what a rule is about is said by the packs and by the catalogue.
"""
