"""The benchmark suite: ratios of Leadboard to the alternative, measured in the same run."""
