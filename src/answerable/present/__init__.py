"""How results look: words, tables, maps and files. Nothing here decides anything."""
