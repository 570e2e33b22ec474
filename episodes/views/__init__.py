"""Pages of an episode: referrals, steps, the end, follow-up."""
