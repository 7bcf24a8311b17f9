// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// One GET: its easy handle, its header fields, the bytes that arrive, and who waits for them.
///
/// Belongs to the curl thread; libcurl's callbacks get it unretained, which holds because the loop keeps every transfer
/// that is in the multi handle. Handles are not used again: with a pool of them, 20,000 GETs on loopback were 4 to 8 %
/// faster, which is less than what a network takes.
@safe final class Transfer {
    /// For the multi handle.
    let handle: EasyHandle

    /// Who waits.
    let submission: Submission

    private let target: AllowedURL

    /// Holds the token; libcurl reads it for as long as the transfer runs.
    private let fields: HeaderList

    /// What libcurl has to say of a failure; it may write there for as long as the handle lives.
    private let errorText: UnsafeMutablePointer<CChar>

    private var assembly: ResponseAssembly

    /// Makes a transfer that is ready for the multi handle.
    ///
    /// - Throws: `.refused` for a URL that may not be asked, `.other` where libcurl has no memory or refuses an
    ///   option. The submission is then the caller's to answer.
    init(_ submission: Submission, _ settings: CurlSettings) throws(TransportError) {
        let request = submission.request
        self.submission = submission
        target = try AllowedURL(request.url)
        handle = try EasyHandle()
        fields = try HeaderList(request.credential)
        assembly = ResponseAssembly(bodyLimit: request.bodyLimit)
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        try CurlOptions.apply(settings, to: handle)
        try CurlOptions.address(handle, to: target, bodyLimit: request.bodyLimit, identity: submission.id)
        try setPointers()
    }

    deinit {
        // The handle is freed after this, and must not write into what is gone.
        try? unsafe handle.set(CURLOPT_ERRORBUFFER, pointer: nil)
        unsafe errorText.deallocate()
    }

    /// Answers the one who waits with what libcurl says.
    ///
    /// The handle has left the multi handle.
    func finish(_ code: CURLcode) {
        if let refusal = assembly.refusal {
            fail(tooLarge(refusal))
        } else if code != CURLE_OK {
            fail(failure(code))
        } else if !assembly.isHeaderComplete {
            // libcurl takes a connection that ends within a header for the end of a response without a body.
            fail(TransportError(.interrupted, "\(shown): the connection ended within the header."))
        } else {
            submission.reply.resume(returning: .success(response()))
        }
    }

    /// Answers the one who waits with an error.
    ///
    /// The handle has left the multi handle.
    func fail(_ error: TransportError) { submission.reply.resume(returning: .failure(error)) }

    /// What is said when the caller has waited long enough.
    func timeoutError() -> TransportError {
        let limit = submission.request.timeout
        let progress =
            handle.information(CURLINFO_RESPONSE_CODE) == 0
            ? "nothing had arrived" : "\(assembly.body.count) bytes of the body had arrived"
        return TransportError(.timeout, "\(shown): no whole response within \(limit); \(progress).")
    }

    /// What is said when the caller no longer waits.
    func cancellationError() -> TransportError {
        TransportError(.cancelled, "\(shown): cancelled by the caller.")
    }
}

extension Transfer {
    private var shown: String { "GET \(target.shown)" }

    private func setPointers() throws(TransportError) {
        try unsafe handle.set(CURLOPT_HTTPHEADER, pointer: fields.pointer)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe handle.set(CURLOPT_ERRORBUFFER, pointer: errorText)
        try unsafe handle.set(CURLOPT_HEADERDATA, pointer: context)
        try unsafe handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe transfer.assembly.takeHeader(line) ? line.count : 0
        }
        try unsafe handle.set(CURLOPT_WRITEDATA, pointer: context)
        try unsafe handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            // 0 of 0 bytes is success: an empty piece cannot be refused.
            return unsafe transfer.assembly.takeBody(piece) ? piece.count : 0
        }
    }

    private func response() -> HTTPResponse {
        HTTPResponse(
            status: handle.information(CURLINFO_RESPONSE_CODE),
            headers: assembly.headers,
            body: assembly.body,
            retryAfter: retryAfter()
        )
    }

    /// `Retry-After` in either form, at most a year, so that nobody's arithmetic overflows.
    ///
    /// Dates are left to libcurl, which has the parser and the clock. It gives 0 for a field that it cannot read and
    /// for a number that is too large, so what stands there is looked at first.
    ///
    /// Source: RFC 9110, 10.2.3; CURLINFO_RETRY_AFTER(3).
    private func retryAfter() -> Duration? {
        guard let text = assembly.headers.last(where: { $0.name == "retry-after" })?.value else { return nil }
        let longest = 31_536_000
        if !text.isEmpty && text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(min(Int(text) ?? longest, longest))
        }
        let isDate = unsafe curl_getdate(text, nil) >= 0
        return isDate ? .seconds(min(max(0, handle.offset(CURLINFO_RETRY_AFTER)), longest)) : nil
    }

    private func tooLarge(_ refusal: ResponseAssembly.Refusal) -> TransportError {
        switch refusal {
        case .headerTooLarge:
            TransportError(
                .tooLarge,
                "\(shown): the header is larger than \(ResponseAssembly.headerLimit) bytes."
            )
        case .bodyTooLarge:
            TransportError(
                .tooLarge,
                "\(shown): the body is larger than \(submission.request.bodyLimit) bytes."
            )
        }
    }

    private func failure(_ code: CURLcode) -> TransportError {
        if code == CURLE_FILESIZE_EXCEEDED { return tooLarge(.bodyTooLarge) }
        // What libcurl 7.88 says of a line that is longer than the 100 KB that it takes. Where memory really ends,
        // it is not libcurl that finds out.
        if code == CURLE_OUT_OF_MEMORY { return tooLarge(.headerTooLarge) }
        // A certificate's or a server's words may be in it.
        let words = unsafe String(cString: errorText).unicodeScalars
        let text = String(String.UnicodeScalarView(words.filter { $0.value >= 0x20 && $0.value != 0x7f }))
        var reason = CurlError.reason(code)
        // A proxy that refuses CONNECT is reported as a failure to receive.
        if reason == .interrupted && handle.information(CURLINFO_HTTP_CONNECTCODE) >= 300 {
            reason = .connect
        }
        let explanation = text.isEmpty ? CurlError.text(code) : text
        let isClosed = explanation.hasSuffix(".")
        return TransportError(reason, "\(shown): \(explanation)\(isClosed ? "" : ".")")
    }
}
