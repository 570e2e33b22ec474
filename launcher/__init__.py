"""Starts the private servers, the demo and the tests. Standard library only; no app imports it."""
