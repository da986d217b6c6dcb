"""What each run will take before it starts: parameters, tokens, FLOPs, memory, time and money; no weights are loaded.

`read_plan` and `format_plan` (in `further.plan.table`) are what other stages and the command line need.
"""
