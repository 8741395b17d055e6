"""What people say of documents, and what follows for decisions, refusals and examples."""
