import NIOCore
import NIOHTTP1
import RegistryTypes

/// What comes in.
extension ConnectionGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasParsed = true
        let part = Self.unwrapInboundIn(data)
        guard phase != .drain else { return drain(part, context) }
        switch part {
        case .head(let head): begin(head, context)
        case .body(let bytes):
            received += bytes.readableBytes
            expected? -= bytes.readableBytes
            if isReadingBody { context.fireChannelRead(data) }
        case .end:
            guard isReadingBody else { return }
            isReadingBody = false
            if phase == .body || phase == .head { enter(unanswered > 0 ? .answer : .idle, context) }
            context.fireChannelRead(data)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // What stands behind the last request is nobody's.
        guard !isLast else { return }
        if let fault = head.fault(limits) { return refuse(fault, context) }
        isReadingBody = true
        expected = head.headers["Content-Length"].first.flatMap { Int($0) }
        if expected == nil, head.headers["Transfer-Encoding"].isEmpty { expected = 0 }
        expectsContinue = head.expectsContinue
        version = head.version
        unanswered += 1
        isLast = !head.isKeepAlive || head.version != .http1_1 || isStopping
        enter(.body, context)
        // The guard ends the connection itself.
        var head = head
        head.headers.remove(name: "Connection")
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that make no part yet are the beginning of a header.
        if !hasParsed, !isReadingBody, !isLast, phase == .idle || phase == .answer { enter(.head, context) }
        hasParsed = false
        isReadWanted = false
        if phase == .drain { context.read() }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes) = error {
            if phase == .drain { drain(.body(bytes), context) }
            return
        }
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard phase != .drain, !isLast || isReadingBody else { return }
        if isReadingBody {
            return breakOff(
                RegistryError(.invalidRequest, "the body of the request is not well formed (\(error))"), context)
        }
        refuse(
            error == .headerOverflow
                ? RegistryError(.headerTooLarge, "a request has at most \(limits.headerBytes) bytes of header fields")
                : RegistryError(.invalidRequest, "the request is not HTTP/1.1 (\(error))"), context)
    }

    /// Takes what a client sends whose last answer is on its way.
    private func drain(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard case .body(let bytes) = part else { return }
        received += bytes.readableBytes
        if received > limits.drainedBytes { context.close(promise: nil) }
    }
}
