"""Questions that reports ask."""
