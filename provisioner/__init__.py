"""Contact centres as code: manifests, a plan, and an apply that survives being killed."""

__version__ = "0.1.0"
