"""Which edits are dangerous, which are ordinary, and whether the guards know the one from the other."""
