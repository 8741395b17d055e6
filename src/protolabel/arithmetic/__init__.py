"""Pure NumPy on embeddings, labels and descriptions: prototypes, scores, fits. No I/O."""
