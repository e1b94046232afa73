"""Where events, leaves and people are kept: the ``Store`` protocol, and backends that pass its conformance suite."""
