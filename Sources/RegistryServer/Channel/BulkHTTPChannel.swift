import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// HTTP/1.1 behind a `ConnectionGuard`, with receive buffers that grow to 512 KiB: uploads of many GB come in at the
/// speed of the disk.
///
/// One buffer a turn: while many uploads send, a small request is not behind several of each of them. Up to ten
/// buffers of a connection wait for its upload, which bounds what one more transfer takes in memory.
struct BulkHTTPChannel: ServerChildChannel {
    /// A connection; one that was refused has no requests.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let requests: HTTP1Channel.Value?
    }

    /// Hummingbird's own channel, which answers the requests.
    let base: HTTP1Channel
    let limits: ConnectionLimits
    let tally: ConnectionTally
    /// What the server shows for TLS; nil for a connection without it.
    let tls: TLSIdentity?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = channel.remoteAddress?.ipAddress ?? ""
        guard tally.enter(address) else { return refuse(channel) }
        channel.closeFuture.whenComplete { _ in tally.leave(address) }
        let allocator = AdaptiveRecvByteBufferAllocator(minimum: 1 << 12, initial: 1 << 16, maximum: 1 << 19)
        return channel.setOption(.recvAllocator, value: allocator).flatMap {
            channel.setOption(.maxMessagesPerRead, value: 1)
        }.flatMapThrowing {
            Value(channel: channel, requests: try addHandlers(to: channel))
        }
    }

    /// Tells the client, unless many are being told: a flood must not take the descriptors of those who were let in.
    private func refuse(_ channel: any Channel) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // In the clear it would be no answer to who expects TLS, and a handshake costs more than a refusal may.
            if tls == nil, tally.refuse() {
                channel.closeFuture.whenComplete { [tally] _ in tally.endRefusal() }
                try channel.pipeline.syncOperations.addHandler(ConnectionRefusal())
            } else {
                channel.close(promise: nil)
            }
            return Value(channel: channel, requests: nil)
        }
    }

    func handle(value: Value, logger: Logger) async {
        guard let requests = value.requests else { return }
        await base.handle(value: requests, logger: logger)
    }

    private func addHandlers(to channel: any Channel) throws -> HTTP1Channel.Value {
        // The guard counts exactly and says which limit it was; the parser's own limits bound what it holds.
        var parser = NIOHTTPDecoderLimitConfiguration()
        parser.maxHeaderFieldSize = 2 * limits.headerBytes
        parser.maxHeaderListSize = 2 * limits.headerBytes
        parser.maxHeaderFieldCount = 2 * limits.headerFields
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: parser)
        try pipeline.addHandler(ConnectionGuard(limits: limits))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
        return try HTTP1Channel.Value(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}
