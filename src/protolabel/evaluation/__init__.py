"""How accurate an encoder or a label space is, with intervals."""
