"""A believable unit with invented patients, built by calling the actions. Nothing in it is real."""
