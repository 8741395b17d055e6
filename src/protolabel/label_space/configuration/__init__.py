"""What a user may set, and what the settings allow. Nothing is computed from documents here."""
