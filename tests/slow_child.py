"""A child for the tests of `further.children`: does what its task says."""

import os
import sys
import time

from further.children import claim_stdout, serve


def answer(task):
    if task["do"] == "sleep":
        time.sleep(60)
    if task["do"] == "crash":
        os.abort()
    if task["do"] == "exit":
        os._exit(3)
    if task["do"] == "be killed":
        os.kill(os.getpid(), 9)
    if task["do"] == "grow":
        try:
            bytearray(10**9)
        except MemoryError:
            return {"did": "not grow"}
    print("said by a library")
    return {"did": task["do"], "process": os.getpid()}


if __name__ == "__main__":
    answers = claim_stdout()
    serve(answer, answers, float(sys.argv[1]), int(sys.argv[2]))
