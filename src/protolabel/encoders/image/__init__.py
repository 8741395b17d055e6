"""Images to vectors: a small convolutional network as a graph for the inference engine."""
