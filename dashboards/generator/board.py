# SPDX-License-Identifier: Apache-2.0
"""An empty dashboard with its variables. Variables show names; their values are ids."""
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.models import dashboard as model

from .panels import SOURCE
from .queries import ACCOUNT, INSTANCE, P, of

TAG = "magic-connector-exporter"


def variable(name, label, query, several=True, every=".+", regex=""):
    found = sdk.QueryVariable(name).label(label).datasource(SOURCE).query(query)
    found = found.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(model.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
    if regex:
        found = found.regex(regex)
    if not several:
        return found.multi(False).include_all(False)
    chosen = model.VariableOption(selected=True, text=["All"], value=["$__all"])
    return found.multi(True).include_all(True).all_value(every).current(chosen)


def names(*chosen):
    """Returns the query of the connectors, with a label `title` such as "Berlin / MWC4F2A09"."""
    info = f"last_over_time({of(ACCOUNT, 'info', *chosen)}[$__range])"
    return f'query_result(max by (connector_id, title) (label_join({info}, "title", " / ", "site_name", "serial_number")))'


NAME = r'/[{,]title="(?: \/ )?(?<text>[^"]+)|connector_id="(?<value>[^"]+)/g'
SITE = f"query_result(max by (site_id, site_name) (last_over_time({of(ACCOUNT, 'info', 'site_id!=%s%s' % (chr(34), chr(34)))}[$__range])))"


def board(uid, title, description, since="now-6h", connector=None):
    """Returns a dashboard. `connector` adds the variables for connectors: None, "one", "one of a site" or "several"."""
    found = sdk.Dashboard(f"Magic WAN Connectors / {title}").uid(uid).description(description)
    found = found.tags([TAG]).readonly().refresh("1m").time(since, "now")
    found = found.timezone("browser").tooltip(model.DashboardCursorSync.CROSSHAIR)
    found = found.with_variable(sdk.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    listed = f"{P}connectors"
    found = found.with_variable(variable("job", "Job", f"label_values({listed}, job)"))
    found = found.with_variable(variable("instance", "Instance", f'label_values({listed}{{job=~"$job"}}, instance)'))
    known = f"label_values({listed}{{{INSTANCE}}}, account_id)"
    found = found.with_variable(variable("account_id", "Account", known))
    chosen = []
    if connector in ("several", "one of a site"):
        # A connector without a site has an empty site_id, so "All" must match it.
        found = found.with_variable(variable("site_id", "Site", SITE, every=".*", regex=r'/site_name="(?<text>[^"]+)|site_id="(?<value>[^"]+)/g'))
        chosen.append('site_id=~"$site_id"')
    if connector == "several":
        found = found.with_variable(variable("version", "Version", f"label_values({of(ACCOUNT, 'info')}, version)", every=".*"))
        chosen.append('version=~"$version"')
    if connector:
        found = found.with_variable(variable("connector_id", "Connector", names(*chosen), several=connector == "several", regex=NAME))
    link = sdk.DashboardLink("Magic WAN Connectors").type(model.DashboardLinkType.DASHBOARDS)
    return found.link(link.tags([TAG]).as_dropdown(True).include_vars(True).keep_time(True))
