import NIOCore
import NIOHTTP1
import RegistryTypes

/// Tells a client that there are too many connections, without reading what it asks.
final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the client has to read the answer.
    private static let patience = TimeAmount.seconds(1)

    private static let answer: ByteBuffer = {
        let problem = ProblemAnswer(
            RegistryError(.tooManyConnections, "the server has as many connections as it takes; try again"))
        var text = "HTTP/1.1 503 Service Unavailable\r\n"
        for (name, value) in problem.headers { text += "\(name): \(value)\r\n" }
        return ByteBuffer(string: text + "\r\n" + String(buffer: problem.body))
    }()

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        channel.writeAndFlush(Self.answer).whenComplete { _ in channel.close(mode: .output, promise: nil) }
        channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
