"""What a label space holds, in memory and by digest: names, documents, examples. No answers."""
