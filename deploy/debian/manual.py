#!/usr/bin/env python3
"""Writes the manual page, in mdoc, from what `magic-connector-exporter --experimental-dump-help` prints on standard input.

The flags come from the program, so that none is forgotten; what a flag cannot say is below.
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
polls Cloudflare's API for the telemetry events of Magic WAN Connectors, counts each event exactly once in a ledger
that survives crashes, and serves the result to Prometheus over HTTP.
A scrape causes no request to Cloudflare and waits for none.
.Pp
{discussion}
.Sh OPTIONS
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
.It Ev CLOUDFLARE_ACCOUNT_ID
The account, 32 hexadecimal digits.
.It Ev CLOUDFLARE_BASE_URL
Where the API is, if it is not Cloudflare's own address.
.El
.Pp
Always:
.Bl -tag -width Ds
.It Ev https_proxy , Ev no_proxy
The proxy for the requests to Cloudflare, and the hosts that are reached without it.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/magic-connector-exporter/config.yml
The configuration of the service; every key is explained there.
.It Pa /etc/magic-connector-exporter/token
The API token, readable by root alone; systemd hands it to the service.
.It Pa /etc/default/magic-connector-exporter
More flags for the service.
.It Pa /var/lib/magic-connector-exporter
The ledger of the service.
.It Pa /usr/share/magic-connector-exporter
Alerts for Prometheus and a dashboard for Grafana.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
It was asked to stop by SIGTERM or SIGINT, or
.Fl -config.check
found nothing wrong.
.It 1
The configuration is wrong, an address is taken, or the ledger cannot be opened.
.It 64
A flag is wrong.
.El
.Sh SIGNALS
.Bl -tag -width Ds
.It SIGHUP
Loads the configuration again; a bad one leaves the old one in force.
.It SIGTERM , SIGINT
Lets scrapes in flight end, for up to 5 seconds, and ends.
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
    """Escapes text for roff, one sentence a line."""
    text = " ".join(text.split()).replace("\\", "\\e")
    lines = re.sub(r"(?<=[a-z0-9\)])\. (?=[A-Z(])", ".\n", text).split("\n")
    return "\n".join(re.sub(r"^([.'])", r"\\&\1", line) for line in lines)


def spelled(argument, macro):
    """An argument as mdoc writes it, such as `Fl -log.level Ar log.level`."""
    names = [("-" if name["kind"] == "long" else "") + name["name"] for name in argument["names"]]
    value = f' Ar {argument["valueName"]}' if argument["kind"] == "option" else ""
    return " , ".join(f"{macro} {name}{value}" for name in names)


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
    page = HEAD.format(date=date, synopsis="\n".join(synopsis), discussion=discussion)
    sys.stdout.write(page + "\n".join(options) + "\n" + TAIL)


if __name__ == "__main__":
    main()
