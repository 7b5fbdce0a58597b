"""Vendors' APIs on loopback, one module or package each, for rehearsals, the demo and tests; see ``server``."""
