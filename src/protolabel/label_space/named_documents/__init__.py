"""The document that a name means, and the change that a person makes of it."""
