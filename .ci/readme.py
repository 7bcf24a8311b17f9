#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of README.md as they stand there, in a clean clone, with the simulator instead of Cloudflare.

    readme.py              uses the release build of this tree, which `make readme-check` makes first
    readme.py --compile    compiles in the clone, with the packages that this tree has fetched

Every block of README.md, and every command between backticks, must have an expectation below: a new one fails the test.
Commands that take long are those of CI: the test checks that .ci/run calls them. Requires root, because namespaces keep
ports, processes and /var/lib as they were.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPORTER, SIMULATOR = "http://localhost:10977", "http://127.0.0.1:10978"
README_ACCOUNT, SIMULATED_ACCOUNT = "0123456789abcdef0123456789abcdef", "00000000000000000000000000000001"


def step(text):
    print(f"readme-check: {text}", flush=True)


def fail(text):
    sys.exit(f"readme-check: {text}")


def fetch(url):
    """Returns the response body, or an empty string without a response of status 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.read().decode()
    except (urllib.error.URLError, OSError):
        return ""


def counted():
    return re.search(r"^cloudflare_magic_connector_events_total\{.*\} [1-9]", fetch(f"{EXPORTER}/metrics"), re.M)


class Command:
    """A command in the clone, in a process group of its own, with its output in a file."""

    def __init__(self, text, environment):
        self.text = text
        self.environment = environment
        self.log = tempfile.TemporaryFile("w+")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bash", "-c", text], env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def wait(self, what, look, limit):
        """Waits until look(output) returns a true value while the command runs."""
        began = time.monotonic()
        while not look(self.output()):
            if self.process.poll() is not None:
                fail(f"`{self.text}` ended with status {self.process.returncode} before {what}:\n{self.output()[-3000:]}")
            if time.monotonic() - began > limit:
                fail(f"`{self.text}`: no {what} in {limit} s:\n{self.output()[-3000:]}")
            time.sleep(0.1)
        step(f"`{self.text}`: {what} after {time.monotonic() - began:.1f} s")

    def interrupt(self):
        """Presses Ctrl-C, which every process of the group receives. Returns the status."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            fail(f"`{self.text}` does not end with Ctrl-C")
        if subprocess.run(["pgrep", "-f", "magic-connector-(exporter|simulator) --"], check=False, stdout=subprocess.DEVNULL).returncode == 0:
            fail(f"`{self.text}` leaves processes after Ctrl-C")
        if left := list(pathlib.Path(self.environment["TMPDIR"]).glob("magic-connector*")):
            fail(f"`{self.text}` leaves {left}")
        return status

    def succeed(self, limit):
        if self.process.wait(limit) != 0:
            fail(f"`{self.text}` ended with status {self.process.returncode}:\n{self.output()}")


class Readme:
    def __init__(self, clone, environment):
        self.clone = clone
        self.environment = environment
        self.text = (clone / "README.md").read_text(encoding="utf-8")
        self.blocks = [(kind, body) for kind, body in re.findall(r"^```(\w*)\n(.*?)^```$", self.text, re.M | re.S)]
        prose = re.sub(r"^```.*?^```$", "", self.text, flags=re.M | re.S)
        self.inline = re.findall(r"`((?:make|sudo|docker|helm|swift|magic-connector-exporter) [^`]+)`", prose)

    def start(self, text):
        return Command(text, self.environment)

    # The expectations of commands.

    def demo(self, text):
        command = self.start(text)
        (shown,) = [body for kind, body in self.blocks if not kind]
        steps = [line.split(" s ", 2)[-1].rsplit(" s ", 1)[-1].strip() for line in shown.splitlines() if " s " in line]
        command.wait("the notification", lambda output: steps[-1] in output, 900)
        missing = [line for line in steps if line not in command.output()]
        if missing or len(steps) < 3:
            fail(f"`{text}` does not print these steps of README.md: {missing or steps}")
        command.interrupt()

    def run(self, text):
        command = self.start(text)
        command.wait("the landing page", lambda _: "<html" in fetch(f"{EXPORTER}/").lower(), 900)
        command.wait("counts", lambda _: counted(), 60)
        command.interrupt()

    def check_account(self, text):
        command = self.start(text)
        command.succeed(60)
        for words in ("token", "valid", "poll interval"):
            if words not in command.output():
                fail(f"`{text}` does not print {words}:\n{command.output()}")
        step(f"`{text}`: the token works")

    def serve(self, text):
        command = self.start(text)
        command.wait("counts", lambda _: counted(), 60)
        if (status := command.interrupt()) != 0:
            fail(f"`{text}` ended with status {status} after Ctrl-C")

    def list_events(self, text):
        command = self.start(text)
        command.succeed(60)
        if "Failure" not in command.output():
            fail(f"`{text}` prints no failure:\n{command.output()}")
        step(f"`{text}`: failures of the stopped exporter")

    def in_ci(self, text):
        """Requires that .ci/run makes the first target of the command, directly or as a prerequisite of another."""
        (target,) = re.match(r"make ([a-z-]+)", text).groups()
        rules = dict(re.findall(r"^([a-z-]+):(.*)$", (self.clone / "Makefile").read_text(encoding="utf-8"), re.M))
        called = set(re.findall(r"\bmake ([a-z-]+)", (self.clone / ".ci/run").read_text(encoding="utf-8")))
        if target not in rules:
            fail(f"`{text}`: the Makefile has no target {target}")
        # `make test` runs what `make check` runs.
        reached = {word for name in called for word in [name, *rules[name].split()]} | ({"check"} if "test" in called else set())
        if target not in reached:
            fail(f"`{text}`: .ci/run does not make {target}")
        step(f"`{text}`: part of .ci/run")

    def packaged(self, text):
        self.in_ci(text)
        if text.split("sudo ")[1] not in (self.clone / "deploy/debian/check.sh").read_text(encoding="utf-8"):
            fail(f"deploy/debian/check.sh does not install the package with `{text}`")

    def same_as_block(self, text):
        if not any(text in body for kind, body in self.blocks if kind == "sh"):
            fail(f"`{text}` is not in a block")

    # The expectations of files.

    def write_configuration(self, body):
        """Writes config.yml as it stands there, with the account and the address of the simulator, and the token."""
        if README_ACCOUNT not in body:
            fail(f"config.yml does not contain the account {README_ACCOUNT}")
        text = body.replace(README_ACCOUNT, SIMULATED_ACCOUNT) + f"api:\n  base_url: {SIMULATOR}/client/v4\n"
        (self.clone / "config.yml").write_text(text, encoding="utf-8")
        token = self.clone / "token"
        token.write_text("simulator-token\n", encoding="utf-8")
        token.chmod(0o600)

    def check_prometheus(self, body):
        folder = self.clone / "prometheus-check"
        folder.mkdir()
        (folder / "prometheus.yml").write_text(body, encoding="utf-8")
        shutil.copy(self.clone / "deploy/prometheus/alerts.yml", folder)
        Command(f"promtool check config {folder}/prometheus.yml", self.environment).succeed(60)
        step("the configuration of Prometheus is valid")


COMMANDS = {
    "make demo": Readme.demo,
    "make run": Readme.run,
    "magic-connector-exporter check --config.file config.yml": Readme.check_account,
    "magic-connector-exporter --config.file config.yml --storage.path /var/lib/magic-connector-exporter": Readme.serve,
    "magic-connector-exporter events --storage.path /var/lib/magic-connector-exporter --since 1d --kind '*Failure'": Readme.list_events,
    "make dist": Readme.in_ci,
    "make deb && sudo apt install ./.build/deb/magic-connector-exporter_*.deb": Readme.packaged,
    "magic-connector-exporter check": Readme.same_as_block,
    "make check": Readme.in_ci,
    "make test": Readme.in_ci,
}
FILES = {"# config.yml\n": Readme.write_configuration, "scrape_configs:\n": Readme.check_prometheus}


def namespaces():
    """Starts this program again with processes, ports and mounts of its own."""
    flags = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp("unshare", ["unshare", *flags, sys.executable, __file__, "--inside", *sys.argv[1:]])


def prepare(folder, compile_in_clone):
    """Returns a clean clone, and the environment of its commands."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    layers = folder / "layers"
    for name in ("var", "upper", "work"):
        (layers / name).mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "readme-check", layers / "var"], check=True)
    for name in ("upper", "work"):
        (layers / "var" / name).mkdir()
    options = f"lowerdir=/var/lib,upperdir={layers}/var/upper,workdir={layers}/var/work"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, "/var/lib"], check=True)
    clone = folder / "clone"
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", ROOT, clone], check=True)
    programs = folder / "bin"
    programs.mkdir()
    swift = shutil.which("swift") or fail("swift is not on the PATH")
    built = subprocess.run([swift, "build", "-c", "release", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    # The program of "Your account" is an installed one.
    for name in ("magic-connector-exporter", "magic-connector-simulator"):
        (programs / name).symlink_to(pathlib.Path(built) / name)
    if compile_in_clone:
        (clone / ".build").mkdir()
        for name in ("checkouts", "repositories", "workspace-state.json"):
            subprocess.run(["cp", "-a", ROOT / ".build" / name, clone / ".build"], check=True)
    else:
        if subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "Sources", "Package.swift"], cwd=ROOT, check=False).returncode != 0:
            fail("commit the changes of Sources: the clone has the last commit")
        wrapper = programs / "swift"
        wrapper.write_text(
            "#!/bin/sh\n# The release build of the repository, instead of one in the clone.\n"
            f'case "$*" in\n    "build -c release --show-bin-path") echo {built} ;;\n    "build -c release "*) ;;\n'
            f'    *) exec {swift} "$@" ;;\nesac\n', encoding="utf-8")
        wrapper.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDFLARE_", "MAKE", "MFLAGS", "SWIFT"))}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    environment["HOME"] = str(folder)
    (folder / "tmp").mkdir()
    environment["TMPDIR"] = str(folder / "tmp")
    os.chdir(clone)
    return clone, environment


def main():
    if sys.argv[1:2] != ["--inside"]:
        namespaces()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="readme-check."))
    try:
        clone, environment = prepare(folder, "--compile" in sys.argv)
        readme = Readme(clone, environment)
        commands = [line for kind, body in readme.blocks if kind == "sh" for line in body.splitlines()]
        for text in [*commands, *readme.inline]:
            if text not in COMMANDS:
                fail(f"README.md contains `{text}`, which has no expectation in .ci/readme.py")
        for text in COMMANDS.keys() - {*commands, *readme.inline}:
            fail(f".ci/readme.py expects `{text}`, which README.md does not contain")
        for kind, body in readme.blocks:
            if kind == "yaml":
                found = [check for beginning, check in FILES.items() if body.startswith(beginning)] or fail(f"a block has no expectation:\n{body}")
                found[0](readme, body)
            elif kind not in ("", "sh"):
                fail(f"a block of {kind} has no expectation")
        for text in dict.fromkeys([*commands, *readme.inline]):
            simulator = None
            if COMMANDS[text] in (Readme.check_account, Readme.serve):
                simulator = Command("exec magic-connector-simulator", environment)
                simulator.wait("the simulator responds", lambda _: fetch(f"{SIMULATOR}/control/requests"), 30)
            COMMANDS[text](readme, text)
            if simulator:
                simulator.process.terminate()
                simulator.process.wait(30)
        step(f"all {len(COMMANDS)} commands and {len(FILES)} files of README.md work")
    finally:
        os.chdir("/")
        shutil.rmtree(folder / "clone", ignore_errors=True)
        subprocess.run(["umount", "/var/lib", folder / "layers/var"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


main()
