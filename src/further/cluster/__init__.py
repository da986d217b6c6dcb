"""The cluster: what is asked of SLURM, whether it can be had, what an earlier snakemake left there, how runs stand."""
