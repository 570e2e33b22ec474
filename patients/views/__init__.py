"""Pages of patients, of what happened in a run, and of the list of diagnoses."""
