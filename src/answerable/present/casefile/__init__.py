"""The case file of one deployment, one file for each stage of the National Decision Model."""
