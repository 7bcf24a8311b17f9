# SPDX-License-Identifier: Apache-2.0
"""A parser of Grafana Alloy's configuration, and the arguments and blocks of the components that this repository uses.

It replaces `alloy validate`, which is not available where the checks run: blocks must be balanced, and every component, block
and argument must be in the reference.
"""
import dataclasses
import re

# Grafana Alloy 1.18, docs/sources/reference/components. Each block: its arguments, the required ones with `!`, then its blocks.
STAGES = {
    "stage.cri": ("max_partial_lines max_partial_line_size max_partial_line_size_truncate", {}),
    "stage.json": ("drop_malformed expressions regex source", {}),
    "stage.label_keep": ("values", {}),
    "stage.labels": ("source_type values", {}),
    "stage.match": ("!selector action drop_counter_reason pipeline_name", {}),
    "stage.static_labels": ("values", {}),
    "stage.structured_metadata": ("regex values", {}),
    "stage.timestamp": ("!source !format action_on_duplicate_timestamp action_on_failure fallback_formats location", {}),
}
COMPONENTS = {
    "discovery.kubernetes": ("!role api_server kubeconfig_file", {"selectors": ("!role field label", {})}),
    "loki.process": ("!forward_to", STAGES),
    "loki.source.file": (
        "!targets !forward_to encoding legacy_positions_file on_positions_file_error tail_from_end",
        {"file_match": ("enabled ignore_older_than sync_period", {}), "file_watch": ("max_poll_frequency min_poll_frequency", {})},
    ),
    "loki.source.journal": ("!forward_to format_as_json labels matches max_age path relabel_rules", {}),
    "loki.source.kubernetes": ("!targets !forward_to", {}),
    "loki.write": (
        "external_labels max_streams",
        {"endpoint": ("!url batch_size batch_wait bearer_token_file headers remote_timeout tenant_id", {"basic_auth": ("password password_file username", {})})},
    ),
}
EXPORTS = {"discovery.kubernetes": "targets", "loki.process": "receiver", "loki.write": "receiver"}
FUNCTIONS = {"coalesce", "sys.env"}

TOKEN = re.compile(r"""
    (?P<space>[ \t\r]+|//[^\n]*|/\*.*?\*/)
  | (?P<newline>\n)
  | (?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<symbol>[{}\[\](),=])
""", re.VERBOSE | re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class SyntaxProblem(ValueError):
    """A text that is not a configuration of Alloy."""


class Reference(str):
    """The name of a component's field, or the call of a function."""


@dataclasses.dataclass
class Block:
    name: str
    label: str
    line: int
    arguments: dict = dataclasses.field(default_factory=dict)
    blocks: list = dataclasses.field(default_factory=list)

    def found(self, name):
        """Returns the blocks with this name."""
        return [block for block in self.blocks if block.name == name]


def unquoted(text):
    if text[0] == "`":
        return text[1:-1]
    for escape in re.findall(r"\\(.)", text):
        if escape not in ESCAPES:
            raise SyntaxProblem(f"unknown escape \\{escape} in {text}")
    return re.sub(r"\\(.)", lambda match: ESCAPES[match[1]], text[1:-1])


class Parser:
    def __init__(self, text):
        self.tokens, self.place, at, line = [], 0, 0, 1
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise SyntaxProblem(f"line {line}: unexpected {text[at:at + 12]!r}")
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match[0], line))
            line, at = line + match[0].count("\n"), match.end()
        self.tokens.append(("end", "the end", line))

    def peek(self):
        return self.tokens[self.place]

    def take(self, *wanted):
        """Returns the next token, which must have one of these kinds or texts."""
        kind, text, line = self.peek()
        if wanted and kind not in wanted and not (kind == "symbol" and text in wanted):
            raise SyntaxProblem(f"line {line}: expected {' or '.join(wanted)}, found {text!r}")
        self.place += 1
        return text

    def accept(self, text):
        if self.peek()[:2] == ("symbol", text):
            self.place += 1
            return True
        return False

    def skip(self):
        while self.peek()[0] == "newline":
            self.place += 1

    def body(self, block, end):
        """Reads arguments and blocks until `end`."""
        while True:
            self.skip()
            kind, text, line = self.peek()
            if kind == "end" or text == "}":
                if (text if kind == "symbol" else kind) != end:
                    raise SyntaxProblem(f"line {line}: the braces are not balanced")
                self.place += 1
                return block
            name = self.take("name")
            if self.accept("="):
                if name in block.arguments:
                    raise SyntaxProblem(f"line {line}: {name} is set twice")
                block.arguments[name] = self.expression()
            else:
                label = unquoted(self.take("string")) if self.peek()[0] == "string" else ""
                self.take("{")
                block.blocks.append(self.body(Block(name, label, line), "}"))
            if self.peek()[1] != "}":
                self.take("newline", "end") if self.peek()[0] != "end" else None

    def expression(self):
        kind, text, line = self.peek()
        self.place += 1
        if kind == "string":
            return unquoted(text)
        if kind == "number":
            return float(text)
        if kind == "name":
            if text in ("true", "false"):
                return text == "true"
            if self.accept("("):
                if text not in FUNCTIONS:
                    raise SyntaxProblem(f"line {line}: unknown function {text}")
                return Reference(f"{text}({', '.join(map(str, self.items(')', self.expression)))})")
            return Reference(text)
        if text == "[":
            return self.items("]", self.expression)
        if text == "{":
            return dict(self.items("}", self.entry))
        raise SyntaxProblem(f"line {line}: expected a value, found {text!r}")

    def entry(self):
        kind, text, _ = self.peek()
        key = self.take("name", "string")
        self.take("=")
        return (unquoted(key) if kind == "string" else text), self.expression()

    def items(self, end, read):
        found = []
        self.skip()
        while not self.accept(end):
            found.append(read())
            self.skip()
            if not self.accept(","):
                self.take(end)
                break
            self.skip()
        return found


def parse(text):
    """Returns the components of a configuration."""
    return Parser(text).body(Block("", "", 1), "end").blocks


def references(value):
    """Yields every name of another component's field in a value."""
    if isinstance(value, Reference):
        if "(" not in value:
            yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references(item)


def problems_of(block, known, required=()):
    """Yields the problems of a block that are visible without the rest of the file."""
    where = f"line {block.line}: {block.name}"
    arguments, blocks = known
    names = [name.lstrip("!") for name in arguments.split()]
    required = [name[1:] for name in arguments.split() if name.startswith("!")]
    yield from (f"{where} has no argument {name}" for name in block.arguments if name not in names)
    yield from (f"{where} lacks {name}" for name in required if name not in block.arguments)
    for inner in block.blocks:
        # stage.match contains further stages.
        allowed = STAGES if block.name == "stage.match" else blocks
        if inner.name in allowed:
            yield from problems_of(inner, allowed[inner.name])
        else:
            yield f"line {inner.line}: {block.name} has no block {inner.name}"


def problems(components, others=()):
    """Yields the problems of a file. `others` are the components of files that are loaded together with it."""
    exported = {f"{one.name}.{one.label}.{EXPORTS[one.name]}" for one in (*components, *others) if one.name in EXPORTS}
    seen = set()
    for one in components:
        if one.name not in COMPONENTS:
            yield f"line {one.line}: unknown component {one.name}"
            continue
        if not one.label or (one.name, one.label) in seen:
            yield f"line {one.line}: {one.name} must have a label of its own"
        seen.add((one.name, one.label))
        yield from problems_of(one, COMPONENTS[one.name])
        for name in references(list(one.arguments.values())):
            if name not in exported:
                yield f"line {one.line}: {one.name} uses {name}, which no component exports"


@dataclasses.dataclass
class Pipeline:
    """What a collector sends to Loki. Sources are the fields that it reads, by the name that it gives them."""
    job: str
    path: str
    selector: str
    sources: dict
    labels: dict
    metadata: dict
    kept: list
    timestamp: tuple


def pipeline(components):
    """Returns the pipeline of `loki.process "events"`."""
    process = next(one for one in components if (one.name, one.label) == ("loki.process", "events"))
    source = next(one for one in components if one.name == "loki.source.file")

    def single(name):
        found = process.found(name)
        if len(found) != 1:
            raise SyntaxProblem(f"expected one {name}, found {len(found)}")
        return found[0].arguments

    def named(values):
        return {name: text or name for name, text in values.items()}

    stamp = single("stage.timestamp")
    return Pipeline(
        single("stage.static_labels")["values"]["job"], source.arguments["targets"][0]["__path__"], single("stage.match")["selector"],
        named(single("stage.json")["expressions"]), named(single("stage.labels")["values"]),
        named(single("stage.structured_metadata")["values"]), single("stage.label_keep")["values"], (stamp["source"], stamp["format"]),
    )
