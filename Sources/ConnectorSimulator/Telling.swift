// SPDX-License-Identifier: Apache-2.0

/// How answers are told: as Cloudflare does, but for the distortions in force.
struct Telling {
    let distortions: Set<Distortion>
    /// The connector that `vanish` takes from the list; `nil` is the first.
    private(set) var vanishing: String?
    /// The connector that `duplicate_connectors` doubles; `nil` is every one.
    private(set) var doubled: String?
    /// Decides what distortions leave open.
    var random: SeededGenerator

    init(_ faults: [Fault], random: SeededGenerator) {
        var distortions: Set<Distortion> = []
        for fault in faults {
            guard case .distortion(let distortion) = fault.effect else { continue }
            distortions.insert(distortion)
            if distortion == .vanish { vanishing = fault.connector }
            if distortion == .duplicateConnectors { doubled = fault.connector }
        }
        self.distortions = distortions
        self.random = random
    }

    /// Whether a distortion is in force.
    func has(_ distortion: Distortion) -> Bool { distortions.contains(distortion) }

    /// How numbers are spelled.
    var numberStyle: JSONWriter.NumberStyle {
        has(.numbersExponent) ? .exponent : has(.numbersFloat) ? .float : .plain
    }

    /// Puts a result into the envelope.
    ///
    /// Source: Cloudflare, api-schemas, `common.yaml`.
    ///
    /// - Parameters:
    ///   - capacity: about how many bytes the result takes.
    ///   - write: appends the result.
    /// - Returns: an answer of 200.
    func envelope(capacity: Int, _ write: (inout JSONWriter) -> Void) -> Answer {
        var json = JSONWriter(capacity: capacity + 256)
        json.style = numberStyle
        json.raw("{\"result\":")
        write(&json)
        json.raw(",\"success\":true")
        if has(.invalidUTF8) {
            json.raw(",\"errors\":[],\"messages\":[{\"code\":1000,\"message\":\"")
            json.raw([0xc3, 0x28, 0xff, 0xfe])
            json.raw("\"}]")
        } else if !has(.missingOptional) {
            json.raw(",\"errors\":[],\"messages\":[]")
        }
        if has(.extraFields) {
            json.raw(
                ",\"result_info\":{\"page\":1,\"per_page\":null},\"trace\":[1,[],{}],\"ray\":\"\\u00e9\\ud83d\\ude00\""
            )
        }
        if has(.deepJSON) {
            json.raw(",\"deep\":")
            json.raw([UInt8](repeating: 0x5b, count: 100_000))
            json.raw([UInt8](repeating: 0x5d, count: 100_000))
        }
        json.raw("}")
        return .json(200, json.bytes)
    }
}
