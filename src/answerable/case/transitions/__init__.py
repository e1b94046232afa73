"""The transitions of a deployment case, one file for each group of rows of its state machine."""
