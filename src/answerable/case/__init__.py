"""Deployment cases: the file a user writes, the facts it yields, and a pure state machine over its events.

No files, no clock and no randomness in this room: a case is folded from events, and every decision is handed its facts,
its pack and its instant.
"""
