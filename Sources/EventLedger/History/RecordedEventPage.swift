// SPDX-License-Identifier: Apache-2.0

/// Some of the selected events, in the order of the request.
package struct RecordedEventPage: Sendable {
    package var events: [RecordedEvent] = []

    /// Where the next page continues; `nil` after the last event.
    ///
    /// A page may have fewer events than requested, or none, and still have a successor: one page reads a limited number of
    /// rows, however few of them are selected.
    package var next: EventCursor?
}
