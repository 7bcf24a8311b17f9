// SPDX-License-Identifier: Apache-2.0

/// The variations in which a correct response can be rendered.
///
/// The default is Cloudflare's form. Faults change it; the renderer itself has no notion of a fault.
struct RenderingOptions: Sendable {
    /// A value that the API does not document, for fields with numbers.
    struct OddNumbers: Sendable {
        /// The value of `t` and, in lists, of `a`.
        let time: StaticString
        let number: StaticString
    }

    var numberStyle = JSONWriter.NumberStyle.plain
    /// Whether every object has undocumented fields.
    var hasExtraFields = false
    var omitsOptionalFields = false
    /// Whether a message contains bytes that are not UTF-8.
    var hasInvalidUTF8 = false
    /// Whether a field contains arrays that are nested 100,000 levels deep.
    var hasDeepJSON = false
    /// Items that are appended to lists of events.
    var extraItems: [OddNumbers] = []
    /// The numbers that replace those of a single event.
    var replacedNumbers: OddNumbers?
    /// Whether connectors with invalid identifiers are appended to the list of connectors.
    var hasInvalidConnectors = false
}
