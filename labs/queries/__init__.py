"""Questions about samples, results, plans and infusions."""
