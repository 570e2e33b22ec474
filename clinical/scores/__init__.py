"""Severity and survival scores: typed inputs with units, a version, a result or a refusal.

Source of every table: registry reference 4, which names the paper of each. A missing input
refuses and is named; nothing is imputed. Where a paper's coefficients are not verified the score
has no rule: its inputs and a result from elsewhere are kept, with their source.
"""
