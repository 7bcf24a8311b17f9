// SPDX-License-Identifier: Apache-2.0

import Logging

/// A field of a log line.
struct LogField {
    /// The metadata key with the stable name of an event.
    private static let eventKey = "event"

    private static let reservedNames: Set = ["time", "level", "msg"]

    let name: String
    let value: String

    /// Returns the field with at most the first `limit` characters of its value.
    func cut(to limit: Int) -> LogField {
        guard value.unicodeScalars.count > limit else { return self }
        return LogField(name: name, value: String(value.unicodeScalars.prefix(limit)) + "…")
    }

    /// Returns the fields of a line in order: `time`, `level`, `event`, `msg`, then the other metadata sorted by name.
    ///
    /// `event` is present only if the metadata has this key. A metadata key that equals a reserved name gets an underscore.
    static func all(
        time: String,
        level: Logger.Level,
        message: Logger.Message,
        metadata: Logger.Metadata
    ) -> [LogField] {
        var metadata = metadata
        var fields = [
            LogField(name: "time", value: time), LogField(name: "level", value: level.fieldValue),
        ]
        if let event = metadata.removeValue(forKey: eventKey) {
            fields.append(LogField(name: eventKey, value: text(event)))
        }
        fields.append(LogField(name: "msg", value: message.description))
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            fields.append(
                LogField(name: reservedNames.contains(key) ? key + "_" : key, value: text(value))
            )
        }
        return fields
    }

    /// Returns a value as text.
    ///
    /// Dictionaries are sorted by key, because their own description has no stable order.
    private static func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(
                    separator: ", "
                ) + "}"
        }
    }
}
