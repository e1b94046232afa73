"""Incidents of serious violence: read from publishers' files, typed, kept in versions, and without persons."""

from answerable.incidents.table import Incidents, Manifest, SourceFile

__all__ = ["Incidents", "Manifest", "SourceFile"]
