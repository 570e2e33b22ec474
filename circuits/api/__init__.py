"""Endpoints of runs, circuits and checks; `ecmo.api` gives them their addresses."""
