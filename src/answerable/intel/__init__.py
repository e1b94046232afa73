"""Graded intelligence: short references with grades, place in time and origin, never a report and never a person."""
