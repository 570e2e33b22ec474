"""Episodes through the API: referrals, steps, the end, follow-up."""
