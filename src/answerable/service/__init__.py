"""The use cases, one file each: the only room that joins store, policy, case and record."""
