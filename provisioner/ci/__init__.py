"""What a CI job does around the command line: plan and comment, apply what was reviewed, watch for drift.

It is in the package, and not in a script beside ``action.yml``, so that GitHub's action, GitLab's template and any
image run the same tested code, of the same version as the tool. Started as ``python -P -m provisioner.ci HOST JOB``.
"""
