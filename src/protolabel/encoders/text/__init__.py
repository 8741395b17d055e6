"""Texts to vectors: the BERT family as a graph for the inference engine, windows and batches."""
