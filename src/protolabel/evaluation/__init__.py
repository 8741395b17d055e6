"""How well an encoder, or a label space, does on tasks that are drawn: with intervals."""
