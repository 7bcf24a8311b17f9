# SPDX-License-Identifier: Apache-2.0
"""The events log in Loki. Its row is collapsed, so that a Grafana without Loki neither queries nor shows it."""
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.builders import logs, loki
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

from .panels import NO_DATA

SOURCE = model.DataSourceRef(type_val="loki", uid="${loki_datasource}")
# The labels, metadata and fields that deploy/logs gives the lines; linter/own.py compares them.
STREAM = '{job="magic-connector-exporter", account_id=~"$account_id"}'
LINE = '{{.kind}}{{if .tunnel_id}} tunnel {{.tunnel_id}}{{end}}{{if .url}} {{.url}}{{end}}{{if eq .late "true"}} (late){{end}}'
QUERY = f'{STREAM}\n  | connector_id=~"$connector_id"\n  | json url="url"\n  | line_format `{LINE}`'


def variable():
    return sdk.DatasourceVariable("loki_datasource").label("Loki data source").type("loki")


def row():
    panel = logs.Panel().title("Events log").description("Each counted event at the time at which the connector recorded it. Needs the events log in Loki.")
    panel = panel.datasource(SOURCE).unit("short").no_value(NO_DATA).span(24).height(14)
    panel = panel.show_time(True).wrap_log_message(True).enable_log_details(True).show_labels(False).show_common_labels(False).prettify_log_message(False)
    panel = panel.dedup_strategy(options.LogsDedupStrategy.NONE).sort_order(options.LogsSortOrder.DESCENDING)
    query = loki.Dataquery().datasource(SOURCE).ref_id("A").query_type("range").max_lines(1000).expr(QUERY)
    return sdk.Row("Events log (Loki)").with_panel(panel.with_target(query))
