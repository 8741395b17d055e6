"""Many documents: read ahead, answered in batches, written to files that a later run extends."""
