"""The command line: one file per group of commands. Rooms are imported inside the commands, so that help is quick."""
