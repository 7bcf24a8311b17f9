# SPDX-License-Identifier: Apache-2.0
"""A parser of the part of LogQL that this repository uses: log queries, and aggregations of them.

It finds the labels and fields of every query. Source: grafana.com/docs/loki/latest/query.
"""
import dataclasses
import re

from .tokens import SyntaxProblem, TokenReader

TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|`[^`]*`)
  | (?P<duration>(?:\d+(?:ns|us|ms|[smhdwy]))+)
  | (?P<number>\d+\.?\d*)
  | (?P<variable>\$__\w+)
  | (?P<name>[a-zA-Z_]\w*)
  | (?P<symbol>\|=|\|~|=~|!~|!=|==|>=|<=|[-+*/><=|(){}\[\],])
""", re.VERBOSE)
VECTORS = {"sum", "min", "max", "avg", "count", "topk", "bottomk"}
RANGES = {"count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"}
COMPARISONS = ("=", "==", "!=", "=~", "!~", ">", ">=", "<", "<=")
FIELD = re.compile(r"(?<![\w)\]}])\.([a-zA-Z_]\w*)")


@dataclasses.dataclass
class LogQuery:
    matchers: list  # of (label, operator, value)
    filters: list = dataclasses.field(default_factory=list)  # of (label, operator, value), before and after a parser
    extracted: dict = dataclasses.field(default_factory=dict)  # fields of the line by their names in the query
    shown: list = dataclasses.field(default_factory=list)  # names in line_format
    grouped: list = dataclasses.field(default_factory=list)  # labels of the aggregations around it


class Parser(TokenReader):
    def __init__(self, text):
        super().__init__(TOKEN, text)
        self.queries, self.groups = [], []

    def parse(self):
        if self.peek()[1] == "{":
            self.log()
        else:
            self.metric()
        if self.peek()[0] != "end":
            self.fail("the end")
        return self.queries

    def metric(self):
        self.operand()
        while self.accept("+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!=", "or", "and", "unless"):
            self.operand()

    def operand(self):
        if self.peek()[0] == "number":
            self.place += 1
            return
        if self.accept("("):
            self.metric()
            self.expect(")")
            return
        name = self.kind("name")
        if name in RANGES:
            self.expect("(")
            self.log()
            self.expect("[")
            self.kind("duration", "variable")
            self.expect("]")
            self.expect(")")
        elif name in VECTORS:
            first = len(self.queries)
            labels = self.grouping()
            self.expect("(")
            if name in ("topk", "bottomk"):
                self.kind("number")
                self.expect(",")
            self.metric()
            self.expect(")")
            labels += self.grouping()
            for query in self.queries[first:]:
                query.grouped += labels
        else:
            raise SyntaxProblem(f"unknown function {name}")

    def grouping(self):
        found = []
        if self.accept("by", "without"):
            self.expect("(")
            while not self.accept(")"):
                found.append(self.kind("name"))
                if not self.accept(","):
                    self.expect(")")
                    break
        return found

    def log(self):
        self.expect("{")
        query = LogQuery([])
        while not self.accept("}"):
            query.matchers.append((self.kind("name"), self.expect("=~", "!~", "!=", "="), self.text()))
            if not self.accept(","):
                self.expect("}")
                break
        self.queries.append(query)
        while operator := self.accept("|=", "|~", "!=", "!~", "|"):
            if operator == "|":
                self.stage(query)
            else:
                self.text()

    def text(self):
        token = self.kind("string")
        return token[1:-1] if token[0] == "`" else re.sub(r"\\(.)", r"\1", token[1:-1])

    def stage(self, query):
        if self.accept("json"):
            if self.peek()[0] != "name":
                raise SyntaxProblem("json without fields extracts those again that are labels; name the fields")
            while self.peek()[0] == "name":
                name = self.kind("name")
                query.extracted[name] = self.text() if self.accept("=") else name
                if not self.accept(","):
                    break
        elif self.accept("line_format"):
            query.shown += template_fields(self.text())
        else:
            self.condition(query)

    def condition(self, query):
        while True:
            if self.accept("("):
                self.condition(query)
                self.expect(")")
            else:
                name, operator = self.kind("name"), self.expect(*COMPARISONS)
                value = self.text() if self.peek()[0] == "string" else self.kind("number", "duration")
                query.filters.append((name, operator, value))
            if not self.accept("and", "or", ","):
                return


def template_fields(text):
    """Returns the fields of a template. Raises if its actions and ends are not balanced."""
    actions = re.findall(r"{{-?\s*(.*?)\s*-?}}", text)
    if re.sub(r"{{.*?}}", "", text).count("{{") or re.sub(r"{{.*?}}", "", text).count("}}"):
        raise SyntaxProblem(f"the braces of the template {text!r} are not balanced")
    words = [action.split()[0] for action in actions if action]
    if words.count("if") != words.count("end"):
        raise SyntaxProblem(f"the template {text!r} has {words.count('if')} if and {words.count('end')} end")
    return [name for action in actions for name in FIELD.findall(re.sub(r'"[^"]*"', "", action))]


def queries(text):
    return Parser(text).parse()


def problems(text, pipeline, fields):
    """Yields the problems of a query whose lines a pipeline has sent. `fields` are the fields of a line."""
    try:
        found = queries(text)
    except SyntaxProblem as problem:
        yield f"invalid LogQL query '{text}': {problem}"
        return
    for query in found:
        stream = {"job", *pipeline.labels}
        known = stream | set(pipeline.metadata) | set(query.extracted)
        if ("job", "=", pipeline.job) not in query.matchers:
            yield f'the selector lacks job="{pipeline.job}"'
        yield from (f"{name} is not a label of the stream; filter it after the selector" for name, *_ in query.matchers if name not in stream)
        yield from (f"the line has no field {field}" for field in query.extracted.values() if field not in fields)
        yield from (f"{name} is a label or structured metadata already" for name in query.extracted if name in stream | set(pipeline.metadata))
        used = [name for name, *_ in query.filters] + query.shown + query.grouped
        yield from (f"{name} is neither a label, structured metadata nor an extracted field" for name in dict.fromkeys(used) if name not in known)
