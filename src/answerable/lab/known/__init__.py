"""Known answers: figures that others published, found again."""
