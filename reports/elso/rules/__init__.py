"""The completeness checks C01 to C50, each a small function over `Facts`.

Source: registry reference 6.2, as read in the reference cases ("Completeness"). The limits are
proposals for a programme's own coordinator, not the registry's.
"""
