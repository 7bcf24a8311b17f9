# SPDX-License-Identifier: Apache-2.0
"""Reading the tokens of a query language."""


class SyntaxProblem(ValueError):
    """A query that is not of the language, or not of the part of it that the parser knows."""


class TokenReader:
    """The tokens of a query, and the place of the next one."""

    def __init__(self, pattern, text):
        self.tokens, at = [], 0
        while at < len(text):
            match = pattern.match(text, at)
            if not match:
                raise SyntaxProblem(f"unexpected {text[at:at + 12]!r}")
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match[0]))
            at = match.end()
        self.place = 0

    def peek(self, ahead=0):
        return self.tokens[self.place + ahead] if self.place + ahead < len(self.tokens) else ("end", "the end")

    def accept(self, *texts):
        if self.peek()[0] in ("symbol", "name") and self.peek()[1] in texts:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return None

    def expect(self, *texts):
        return self.accept(*texts) or self.fail(" or ".join(texts))

    def fail(self, wanted):
        raise SyntaxProblem(f"expected {wanted}, found {self.peek()[1]!r}")

    def kind(self, *kinds):
        if self.peek()[0] not in kinds:
            self.fail(kinds[0])
        self.place += 1
        return self.tokens[self.place - 1][1]
