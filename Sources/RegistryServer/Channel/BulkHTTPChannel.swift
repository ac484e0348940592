import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 with receive buffers that grow to 512 KiB: uploads of many GB come in at the speed of the disk.
///
/// One buffer a turn: while many uploads send, a small request is not behind several of each of them. Up to ten
/// buffers of a connection wait for its upload, which bounds what one more transfer takes in memory.
struct BulkHTTPChannel: ServerChildChannel {
    /// Hummingbird's own channel, which does everything else.
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let allocator = AdaptiveRecvByteBufferAllocator(minimum: 1 << 12, initial: 1 << 16, maximum: 1 << 19)
        return channel.setOption(.recvAllocator, value: allocator).flatMap {
            channel.setOption(.maxMessagesPerRead, value: 1)
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
