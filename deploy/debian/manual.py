#!/usr/bin/env python3
"""Writes the manual page in mdoc. Reads the output of `magic-connector-exporter --experimental-dump-help` from standard input.

The flags come from the program, so that the page is complete. The other sections are below.
"""

import json
import re
import sys

HEAD = """\
.Dd {date}
.Dt MAGIC-CONNECTOR-EXPORTER 1
.Os
.Sh NAME
.Nm magic-connector-exporter
.Nd Prometheus exporter for Cloudflare Magic WAN Connectors
.Sh SYNOPSIS
.Nm
{synopsis}
.Sh DESCRIPTION
.Nm
polls Cloudflare's API for the telemetry events of Magic WAN Connectors, counts each event exactly once in a crash-safe
ledger, and exposes the result to Prometheus over HTTP.
A scrape causes no request to Cloudflare and never waits for one.
.Pp
{discussion}
.Sh OPTIONS
.Bl -tag -width Ds
"""

COMMANDS = """\
.El
.Sh COMMANDS
.Bl -tag -width Ds
"""

TAIL = """\
.El
.Sh ENVIRONMENT
Without
.Fl -config.file :
.Bl -tag -width Ds
.It Ev CLOUDFLARE_API_TOKEN
The API token, with the permission Magic WAN Read.
.It Ev CLOUDFLARE_API_TOKEN_FILE
A file that contains only the API token, instead of the variable above.
.It Ev CLOUDFLARE_ACCOUNT_ID
The account, 32 hexadecimal digits.
.It Ev CLOUDFLARE_BASE_URL
Address of the API; defaults to Cloudflare's.
.El
.Pp
Always:
.Bl -tag -width Ds
.It Ev https_proxy , Ev no_proxy
Proxy for requests to Cloudflare, and hosts that are reached without it.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/magic-connector-exporter/config.yml
Configuration of the service, with a description of every key.
.It Pa /etc/magic-connector-exporter/token
The API token, readable by root only; systemd passes it to the service.
.It Pa /etc/default/magic-connector-exporter
Additional flags for the service.
.It Pa /var/lib/magic-connector-exporter
The ledger of the service.
.It Pa /usr/share/magic-connector-exporter
Alerts for Prometheus and dashboards for Grafana.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
Stopped by SIGTERM or SIGINT, or
.Fl -config.check
found no problem.
.It 1
The configuration is invalid, an address is in use, or the ledger cannot be opened.
.It 64
A flag is invalid.
.El
.Sh SIGNALS
.Bl -tag -width Ds
.It SIGHUP
Reloads the configuration.
If it is invalid, the old one stays in force.
.It SIGTERM , SIGINT
Waits up to 5 seconds for scrapes in flight, and exits.
.El
.Sh EXAMPLES
Check a configuration, tokens included:
.Pp
.Dl magic-connector-exporter --config.file config.yml --config.check
.Sh SEE ALSO
.Xr prometheus 1 ,
.Xr promtool 1 ,
.Xr systemd.exec 5
"""


def roff(text):
    """Returns the text escaped for roff, with one sentence per line."""
    text = " ".join(text.split()).replace("\\", "\\e")
    lines = re.sub(r"(?<=[a-z0-9\)])\. (?=[A-Z(])", ".\n", text).split("\n")
    return "\n".join(re.sub(r"^([.'])", r"\\&\1", line) for line in lines)


def spelled(argument, macro):
    """Returns an argument in mdoc syntax, such as `Fl -log.level Ar log.level`."""
    names = [("-" if name["kind"] == "long" else "") + name["name"] for name in argument["names"]]
    value = f' Ar {argument["valueName"]}' if argument["kind"] == "option" else ""
    return " , ".join(f"{macro} {name}{value}" for name in names)


def subcommands(command, group=""):
    """Returns an item for each subcommand, with its own flags. Those of a group follow it."""
    items = []
    for subcommand in command.get("subcommands", []):
        if subcommand["commandName"] == "help":
            continue
        name = f"{group}{subcommand['commandName']}"
        flags = [argument for argument in subcommand.get("arguments", []) if not {"help", "version"} & {name["name"] for name in argument["names"]}]
        synopsis = " ".join(f"Oo {spelled(dict(flag, names=flag['names'][-1:]), 'Fl')} Oc" for flag in flags)
        text = " ".join([subcommand.get("abstract", ""), subcommand.get("discussion", "")])
        items.append(f".It Cm {name} {synopsis}".rstrip() + f"\n{roff(text)}")
        items += subcommands(subcommand, f"{name} ")
    return items


def main():
    date = sys.argv[1]
    command = json.load(sys.stdin)["command"]
    shown = [argument for argument in command["arguments"] if argument.get("shouldDisplay", True)]
    synopsis, options = [], []
    for argument in shown:
        first = dict(argument, names=argument["names"][-1:])
        dots = " ..." if argument.get("isRepeating") else ""
        synopsis.append(f".Op {spelled(first, 'Fl')}{dots}")
        text = argument.get("abstract", "")
        default = argument.get("defaultValue")
        if default and "(default:" not in text:
            text += f" (default: {default})"
        options.append(f".It {spelled(argument, 'Fl')}\n{roff(text)}")
    discussion = roff(command.get("discussion", ""))
    items = subcommands(command)
    commands = COMMANDS + "\n".join(items) + "\n" if items else ""
    page = HEAD.format(date=date, synopsis="\n".join(synopsis), discussion=discussion)
    sys.stdout.write(page + "\n".join(options) + "\n" + commands + TAIL)


if __name__ == "__main__":
    main()
