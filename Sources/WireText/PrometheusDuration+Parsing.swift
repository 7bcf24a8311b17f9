// SPDX-License-Identifier: Apache-2.0

extension PrometheusDuration {
    /// The reason why a text is not a duration.
    package enum ParsingError: Error, Hashable {
        case empty
        /// No digit stands where a number must start; the rest of the text from there.
        case missingNumber(String)
        /// No unit follows this number.
        case missingUnit(String)
        /// The unit does not exist.
        case unknownUnit(String)
        /// The unit repeats an earlier one, or is larger than an earlier one.
        case misplacedUnit(String)
        /// The duration is longer than 292 years.
        case tooLong
    }

    /// Reads a duration.
    package init(parsing text: String) throws(ParsingError) {
        guard text != "0" else {
            self.init(milliseconds: 0)
            return
        }
        guard !text.isEmpty else { throw .empty }
        var rest = text.utf8[...]
        var allowed = Self.units[...]
        var total = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            guard !digits.isEmpty else { throw .missingNumber(String(decoding: rest, as: UTF8.self)) }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { !$0.isDigit }
            rest = rest[letters.endIndex...]
            let number = String(decoding: digits, as: UTF8.self)
            let name = String(decoding: letters, as: UTF8.self)
            guard !name.isEmpty else { throw .missingUnit(number) }
            guard let index = allowed.firstIndex(where: { $0.name == name }) else {
                throw Self.units.contains { $0.name == name } ? .misplacedUnit(name) : .unknownUnit(name)
            }
            guard let sum = Self.sum(total, number, times: allowed[index].milliseconds) else {
                throw .tooLong
            }
            total = sum
            allowed = allowed[(index + 1)...]
        }
        self.init(milliseconds: total)
    }

    /// Reads a duration, or returns `nil` if the text is not one.
    package init?(_ text: String) {
        guard let duration = try? PrometheusDuration(parsing: text) else { return nil }
        self = duration
    }

    private static func sum(_ total: Int, _ digits: String, times factor: Int) -> Int? {
        guard let number = Int(digits) else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        let (sum, isTooMuch) = total.addingReportingOverflow(product)
        return isTooLarge || isTooMuch || sum > maximum ? nil : sum
    }
}
