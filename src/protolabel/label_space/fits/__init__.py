"""The fits of a version: what they are made from, when they are made, and how they are kept."""
