# What the study asks of SLURM: a dry run ends with it, and it is checked before the first job is queued.

import atexit
import time

from snakemake.logging import logger

from further.cluster.refusals import check_requests, find_mismatches
from further.cluster.queue_lock import take_queue
from further.cluster.requests import draw_table, merge_requests, request_of
from further.lock import this_process
from further.watch.time_left import plan_hours
from further.watch.session import Job, end_session, write_session

GPU_MEMORY_GB = CONFIG["hardware"]["gpu_memory_gb"]


def runs_here(job):
    """Whether a job runs where snakemake is typed; a dry run's own `is_local` says so of every job."""
    return job.rule.norun or job.rule.name in workflow._localrules


def request_of_job(job):
    settings = workflow.executor_settings  # a dry run has others
    qos, reservation = getattr(settings, "qos", None), getattr(settings, "reservation", None)
    return request_of(job.name, job.threads, job.resources, qos, reservation)


def requests_of_study():
    """What each job in the queue asks for; a group of small ones is one job."""
    dag = workflow.dag
    queued = {}
    for job in dag.needrun_jobs(exclude_finished=False):
        if not runs_here(job):
            queued.setdefault(dag.get_job_group(job) or job, []).append(job)
    return [merge_requests(jobs[0].group, list(map(request_of_job, jobs))) for jobs in queued.values()]


def show_requests():
    """End a dry run with what SLURM would be asked for, where a profile names partitions."""
    if workflow.dryrun and workflow.is_main_process and workflow._dag is not None:
        requests = requests_of_study()
        planned = plan_hours(Path.cwd(), [Job.model_validate(job) for job in describe_jobs()])
        lines = [] if planned is None else [f"Planned: {planned:,.3g} hours of training and scoring (results/plan.tsv)"]
        if any(request.partition for request in requests):
            lines = [draw_table(requests, planned), *find_mismatches(requests, GPU_MEMORY_GB)]
        for line in [*lines, *NOTES]:
            print(line, flush=True)


def make_queue_ready():
    """Refuse what SLURM would refuse; be the only one to queue from here; end what an earlier snakemake left."""
    stop_if_wrong(check_requests, requests_of_study(), GPU_MEMORY_GB)
    lock, orphans = stop_if_wrong(take_queue, Path.cwd())
    atexit.register(lock.release)
    for job in orphans:
        logger.warning(f"Cancelled SLURM job {job.number} ({job.comment}), left by a snakemake that no longer runs.")


atexit.register(show_requests)


def describe_jobs():
    """What this start has to do, for the log and for `further status`."""
    dag = workflow.dag
    for job in dag.needrun_jobs(exclude_finished=False):
        if not job.output:  # a target, which does nothing itself
            continue
        yield {
            "number": dag.jobid(job),
            "rule": job.rule.name,
            "wildcards": {name: str(value) for name, value in job.wildcards_dict.items()},
            "output": str(next(iter(job.output), "")),
            "log": str(next(iter(job.log), "")),
            "benchmark": str(job.benchmark or ""),
        }


def begin_session():
    about = {"title": CONFIG["study"]["title"], "started": time.time(), "owner": this_process()}
    about |= {"runs": list(RUN_SETTINGS)}
    write_session(Path.cwd(), about, list(describe_jobs()))
    for note in NOTES:
        logger.warning(note)


onstart:
    if workflow.is_main_process:
        if not workflow.local_exec:
            make_queue_ready()
        begin_session()


onsuccess:
    if workflow.is_main_process:
        end_session(Path.cwd(), "finished")


onerror:
    if workflow.is_main_process:
        end_session(Path.cwd(), "failed")
