"""What people do to patients and runs. `circuits.actions` wraps what also moves what is owed."""
