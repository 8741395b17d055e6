"""From documents to answers with evidence, by one view. Nothing is stored here."""
