"""Which documents are equal or near copies, and which words are boilerplate. No I/O."""
