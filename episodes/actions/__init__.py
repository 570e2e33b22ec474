"""What moves an episode on, with what follows by itself: dues, messages, alerts."""
