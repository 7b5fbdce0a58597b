"""How fast, how large, how many requests: measured as ratios within one run, and gated.

``python -m benchmarks`` runs every module here that has ``figures()``. See docs/performance.md.
"""
