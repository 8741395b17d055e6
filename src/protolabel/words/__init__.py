"""How things are said and read: counts with nouns, shares, cut texts, likely names. No I/O."""
