"""Runs one AWS CLI command after the other in this process: lines of {"args", "env"} in, of {"code", "stdout", "stderr"} out."""

import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver
from awscli.customizations.cloudformation import deployer


class EverySecond:
    """Each look at this clock is a second later: `deploy` names its change set by the second, and two may run in one."""

    now = 1_700_000_000

    def time(self):
        self.now += 1
        return self.now


deployer.time = EverySecond()
answers = sys.stdout
loader = None
for line in sys.stdin:
    command = json.loads(line)
    os.environ.update(command["env"])
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    stderr = io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            driver = create_clidriver()
            # Keeps the service models that earlier commands have read, which takes longer than the calls.
            loader = loader or driver.session.get_component("data_loader")
            driver.session.register_component("data_loader", loader)
            code = driver.main(command["args"])
        except SystemExit as end:
            code = end.code
        stdout.flush()
    text = stdout.buffer.getvalue().decode()
    answers.write(json.dumps({"code": code, "stdout": text, "stderr": stderr.getvalue()}) + "\n")
    answers.flush()
