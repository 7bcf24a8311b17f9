// SPDX-License-Identifier: Apache-2.0

/// One field of a snapshot or of an item, with its conversion to base units.
struct SnapshotReading: Sendable, Hashable {
    /// The type of the field in JSON.
    ///
    /// A value of another type is absent.
    enum FieldType: Sendable, Hashable {
        case number
        case flag
        case text
    }

    /// The conversion of a number to base units.
    enum Conversion: Sendable, Hashable {
        case none
        case milliseconds
        case microseconds
        /// Sectors of 512 bytes, whatever the disk.
        ///
        /// Source: Linux, "I/O statistics fields".
        case sectors
        case percent
    }

    /// The name of the field in the API.
    let field: String

    let type: FieldType
    let conversion: Conversion

    /// The values of the labels that distinguish several fields of one metric.
    let labels: [String]

    /// A number.
    static func number(_ field: String, _ conversion: Conversion = .none, as label: String? = nil) -> Self {
        Self(field: field, type: .number, conversion: conversion, labels: label.map { [$0] } ?? [])
    }

    /// A boolean, which is 1 or 0.
    static func flag(_ field: String) -> Self {
        Self(field: field, type: .flag, conversion: .none, labels: [])
    }

    /// A text, for computed samples only.
    static func text(_ field: String) -> Self {
        Self(field: field, type: .text, conversion: .none, labels: [])
    }

    func value(in snapshot: Snapshot) -> Double? { snapshot.number(field).map(converted) }

    func value(in item: SnapshotItem) -> Double? { item.number(field).map(converted) }

    private func converted(_ value: Double) -> Double {
        switch conversion {
        case .none: value
        case .milliseconds: value / 1000
        case .microseconds: value / 1_000_000
        case .sectors: value * 512
        case .percent: value / 100
        }
    }
}
