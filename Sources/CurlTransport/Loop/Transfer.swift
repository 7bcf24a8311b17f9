// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport
import WireText

/// A GET request in progress: its easy handle, its header fields, the received bytes, and the caller's continuation.
///
/// Only the curl thread uses it. libcurl's callbacks receive an unretained pointer to it. The pointer stays valid,
/// because the loop holds every transfer that is in the multi handle.
///
/// Handles are not reused. A pool of handles made 20,000 GETs on loopback only 4 to 8 % faster, which is less than the
/// time on a real network.
@safe final class Transfer {
    let handle: EasyHandle

    /// The request and its caller.
    let submission: Submission

    private let target: AllowedURL

    /// The list that contains the token.
    ///
    /// libcurl reads it until the transfer ends.
    private let fields: HeaderList

    /// The buffer for libcurl's error message.
    ///
    /// libcurl may write to it until the handle is freed.
    private let errorBuffer: UnsafeMutablePointer<CChar>

    private var assembly: ResponseAssembly

    /// Creates a transfer for the multi handle.
    ///
    /// - Throws: `.refused` if the URL is not allowed, or `.other` if no memory is left or libcurl rejects an option.
    ///   The caller must then fail the submission.
    init(_ submission: Submission, _ settings: CurlSettings) throws(TransportError) {
        let request = submission.request
        self.submission = submission
        target = try AllowedURL(request.url)
        handle = try EasyHandle()
        fields = try HeaderList(request.credential)
        assembly = ResponseAssembly(bodyLimit: request.bodyLimit)
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

        try CurlOptions.applyShared(settings, to: handle)
        try CurlOptions.applyRequest(
            to: target,
            bodyLimit: request.bodyLimit,
            id: submission.id,
            on: handle
        )
        try setPointers()
    }

    deinit {
        // The handle is freed later than the buffer, and must not write to it.
        try? unsafe handle.set(CURLOPT_ERRORBUFFER, pointer: nil)
        unsafe errorBuffer.deallocate()
    }

    /// Resumes the caller with the response, or with the error of libcurl's result.
    ///
    /// The handle must be removed from the multi handle before.
    func finish(_ code: CURLcode) {
        if let limit = assembly.exceededLimit {
            fail(tooLarge(limit))
        } else if code != CURLE_OK {
            fail(failure(code))
        } else if !assembly.isHeaderComplete {
            // libcurl accepts a connection that closes within the header as a response without a body.
            fail(TransportError(.interrupted, "\(subject): the connection closed within the header"))
        } else {
            submission.reply.resume(returning: .success(response()))
        }
    }

    /// Resumes the caller with an error.
    ///
    /// The handle must be removed from the multi handle before.
    func fail(_ error: TransportError) { submission.reply.resume(returning: .failure(error)) }

    /// Returns the error of a transfer whose deadline has passed.
    func timeoutError() -> TransportError {
        let limit = submission.request.timeout
        let progress =
            handle.integer(CURLINFO_RESPONSE_CODE) == 0
            ? "nothing was received" : "\(assembly.body.count) bytes of the body were received"
        return TransportError(.timeout, "\(subject): no complete response within \(limit); \(progress)")
    }

    func cancellationError() -> TransportError {
        TransportError(.cancelled, "\(subject): cancelled by the caller")
    }
}

extension Transfer {
    private var subject: String { "GET \(target.redacted)" }

    private func setPointers() throws(TransportError) {
        try unsafe handle.set(CURLOPT_HTTPHEADER, pointer: fields.pointer)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe handle.set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        try unsafe handle.set(CURLOPT_HEADERDATA, pointer: context)
        try unsafe handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe transfer.assembly.appendHeaderLine(line) ? line.count : 0
        }
        try unsafe handle.set(CURLOPT_WRITEDATA, pointer: context)
        try unsafe handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            // A result other than the size is a failure, so an empty chunk cannot fail.
            return unsafe transfer.assembly.appendBody(chunk) ? chunk.count : 0
        }
    }

    private func response() -> HTTPResponse {
        HTTPResponse(
            status: handle.integer(CURLINFO_RESPONSE_CODE),
            headers: assembly.headers,
            body: assembly.body,
            retryAfter: retryAfter()
        )
    }

    /// Returns the wait of `Retry-After`, at most a year so that no addition overflows; `nil` if the field is missing
    /// or invalid.
    ///
    /// A date is compared with the `Date` of the response, because this machine's clock may be wrong.
    ///
    /// Source: RFC 9110, 10.2.3; curl_getdate(3).
    private func retryAfter() -> Duration? {
        guard let text = header("retry-after") else { return nil }
        let maximum = 31_536_000
        if !text.isEmpty && text.utf8.allSatisfy(\.isDigit) {
            return .seconds(min(Int(text) ?? maximum, maximum))
        }
        let date = unsafe curl_getdate(text, nil)
        guard date >= 0 else { return nil }
        let servedAt = header("date").map { unsafe curl_getdate($0, nil) } ?? -1
        return .seconds(min(max(0, date - (servedAt >= 0 ? servedAt : time(nil))), maximum))
    }

    private func header(_ name: String) -> String? {
        assembly.headers.last { $0.name == name }?.value
    }

    private func tooLarge(_ limit: ResponseAssembly.ExceededLimit) -> TransportError {
        switch limit {
        case .header:
            TransportError(
                .tooLarge,
                "\(subject): the header is larger than \(ResponseAssembly.headerLimit) bytes"
            )
        case .body:
            TransportError(
                .tooLarge,
                "\(subject): the body is larger than \(submission.request.bodyLimit) bytes"
            )
        }
    }

    private func failure(_ code: CURLcode) -> TransportError {
        if code == CURLE_FILESIZE_EXCEEDED { return tooLarge(.body) }
        // libcurl 7.88 reports a header line over its limit of 100 KB as lack of memory. Real lack of memory ends the
        // process elsewhere before libcurl can report it.
        if code == CURLE_OUT_OF_MEMORY { return tooLarge(.header) }
        // The message may contain text of the server or of its certificate.
        let scalars = unsafe String(cString: errorBuffer).unicodeScalars
        let text = String(String.UnicodeScalarView(scalars.filter { $0.value >= 0x20 && $0.value != 0x7f }))
        var reason = CurlError.reason(code)
        // libcurl reports a CONNECT that the proxy rejects as a failure to receive.
        if reason == .interrupted && handle.integer(CURLINFO_HTTP_CONNECTCODE) >= 300 {
            reason = .connect
        }
        let message = text.isEmpty ? CurlError.message(code) : text
        return TransportError(
            reason,
            "\(subject): \(message.hasSuffix(".") ? String(message.dropLast()) : message)"
        )
    }
}
