# SPDX-License-Identifier: Apache-2.0
"""A parser of PromQL, complete enough to find every selector with its matchers, its range and its functions.

Source: prometheus.io/docs/prometheus/latest/querying/basics and operators.
"""
import dataclasses
import re

from .tokens import SyntaxProblem, TokenReader

TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
  | (?P<duration>(?:\d+(?:ms|[smhdwy]))+)
  | (?P<number>0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?i:nan|inf)\b)
  | (?P<name>[a-zA-Z_][a-zA-Z0-9_:]*)
  | (?P<symbol>=~|!~|==|!=|<=|>=|[-+*/%^()\[\]{},:@<>=])
""", re.VERBOSE)
AGGREGATORS = {"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile"}
PRECEDENCE = {
    "or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, "<": 3, ">": 3, "<=": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6,
}
FUNCTIONS = set(
    "abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min count_over_time day_of_month day_of_week day_of_year days_in_month "
    "delta deriv exp floor histogram_quantile holt_winters hour idelta increase irate label_join label_replace last_over_time ln log10 log2 max_over_time "
    "min_over_time minute month pi predict_linear present_over_time quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev_over_time "
    "stdvar_over_time sum_over_time time timestamp vector year".split()
)


@dataclasses.dataclass
class Selector:
    name: str
    matchers: list  # of (label, operator, value)
    range: str = ""
    parents: tuple = ()  # names of the enclosing functions and aggregators, the nearest last


class Parser(TokenReader):
    def __init__(self, text):
        super().__init__(TOKEN, text)
        self.selectors, self.parents = [], []

    def parse(self):
        self.binary(1)
        if self.peek()[0] != "end":
            self.fail("the end")
        return self.selectors

    def binary(self, least):
        self.unary()
        while (level := PRECEDENCE.get(self.peek()[1], 0)) >= least and self.peek()[0] in ("symbol", "name"):
            self.place += 1
            self.accept("bool")
            if self.accept("on", "ignoring"):
                self.labels()
                if self.accept("group_left", "group_right") and self.peek()[1] == "(" and self.is_labels():
                    self.labels()
            self.binary(level if self.tokens[self.place - 1][1] == "^" else level + 1)

    def is_labels(self):
        """Returns whether a list of labels follows, and not an expression in parentheses."""
        place = 1
        while self.peek(place)[0] == "name" or self.peek(place)[1] == ",":
            place += 1
        return self.peek(place)[1] == ")" and (place == 1 or self.peek(place + 1)[0] in ("name", "number", "string") or self.peek(place + 1)[1] in "({+-")

    def labels(self):
        self.expect("(")
        while not self.accept(")"):
            self.kind("name")
            if not self.accept(","):
                self.expect(")")
                break

    def unary(self):
        while self.accept("+", "-"):
            pass
        first = len(self.selectors)
        is_selector = self.primary()
        while True:
            if self.accept("["):
                span = self.kind("duration", "number")
                if self.accept(":"):
                    if self.peek()[0] == "duration":
                        self.place += 1
                elif not is_selector:
                    self.fail("':', because only a selector can have a range")
                else:
                    self.selectors[first].range = span
                self.expect("]")
            elif self.accept("offset"):
                self.accept("-")
                self.kind("duration")
            elif self.accept("@"):
                if self.accept("start", "end"):
                    self.expect("(")
                    self.expect(")")
                else:
                    self.kind("number")
            else:
                return

    def primary(self):
        """Reads an operand. Returns whether it is a selector."""
        kind, text = self.peek()
        if kind in ("number", "string", "duration"):
            self.place += 1
        elif self.accept("("):
            self.binary(1)
            self.expect(")")
        elif text == "{":
            self.selector("")
            return True
        elif kind != "name":
            self.fail("an expression")
        else:
            self.place += 1
            if text in AGGREGATORS and self.peek()[1] in ("(", "by", "without"):
                if self.accept("by", "without"):
                    self.labels()
                self.arguments(text)
                if self.accept("by", "without"):
                    self.labels()
            elif self.peek()[1] == "(":
                if text not in FUNCTIONS:
                    raise SyntaxProblem(f"unknown function {text}")
                self.arguments(text)
            else:
                self.selector(text)
                return True
        return False

    def arguments(self, function):
        self.expect("(")
        self.parents.append(function)
        while not self.accept(")"):
            self.binary(1)
            if not self.accept(","):
                self.expect(")")
                break
        self.parents.pop()

    def selector(self, name):
        matchers = []
        if self.accept("{"):
            while not self.accept("}"):
                label = self.kind("name")
                operator = self.expect("=~", "!~", "!=", "=")
                matchers.append((label, operator, self.kind("string")[1:-1]))
                if not self.accept(","):
                    self.expect("}")
                    break
        self.selectors.append(Selector(name, matchers, parents=tuple(self.parents)))


# Values for global variables, as in variables.go of the linter.
GLOBALS = {
    "__rate_interval": "8869990787ms", "__interval": "4867856611ms", "__interval_ms": "7781188786", "__range": "6069770749ms",
    "__range_s": "9397795485", "__range_ms": "6737667980",
}


def expand(expression):
    """Replaces variables outside quotes, as the linter does."""
    parts = expression.split('"')
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"\$(\w+)|\$\{([^}]+)\}", lambda match: GLOBALS.get(match[1] or match[2], match[1] or match[2]), parts[index])
    return '"'.join(parts)


def selectors(expression):
    return Parser(expand(expression)).parse()
