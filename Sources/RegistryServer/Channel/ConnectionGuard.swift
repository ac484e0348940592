import NIOCore
import NIOHTTP1
import RegistryTypes

/// Holds one connection to its `ConnectionLimits`, and ends it cleanly.
///
/// It stands between the parser and the routes. What the parser or a limit refuses is answered here, with one problem
/// document, after which nothing of the connection is served any more. A connection that ends while the client is
/// still sending is read on for a while, or the client would lose the answer.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the connection waits for, for as long as its deadline says.
    enum Phase {
        /// For a request.
        case idle
        /// For the rest of a request's header.
        case head
        /// For the rest of a body.
        case body
        /// For nothing from the client: an answer is being made.
        case answer
        /// For the client to have read the last answer.
        case drain
    }

    let limits: ConnectionLimits
    var phase = Phase.idle
    /// When the phase is over; nil if it may last.
    var deadline: NIODeadline?
    /// What looks at the deadline.
    var timer: Scheduled<Void>?
    /// When it does.
    var timerDeadline = NIODeadline.distantFuture
    /// What looks whether the client takes its answer.
    var stallTimer: Scheduled<Void>?

    /// Whether the request that came last is not complete yet.
    var isReadingBody = false
    /// Bytes of its body that are still to come; nil if it does not say.
    var expected: Int?
    /// Whether its client waits for `100 Continue`.
    var expectsContinue = false
    /// Bytes that came in since the phase began.
    var received = 0
    /// Whether more bytes are asked for: if not, it is the server that is slow.
    var isReadWanted = false
    /// Whether the parser made anything of the bytes that were read last.
    var hasParsed = false

    /// Requests that went on to the routes and are not answered to the end.
    var unanswered = 0
    /// Whether the head of the present answer was sent.
    var hasBegunAnswer = false
    /// The version of the last request.
    var version = HTTPVersion.http1_1
    /// Whether the connection ends with the answer to the last request.
    var isLast = false
    /// What is to be answered when the requests before it are.
    var pendingRefusal: RegistryError?
    /// Whether the routes have nothing to say any more.
    var isRefused = false
    /// Whether the server is being stopped.
    var isStopping = false
    /// Whether the client sends nothing any more: it may wait for its answer, or be gone.
    var isInputClosed = false

    init(limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(.idle, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(.idle, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancelTimers() }

    func read(context: ChannelHandlerContext) {
        isReadWanted = true
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: stop(context)
        case ChannelEvent.inputClosed:
            isLast = true
            isInputClosed = true
            if phase == .drain || unanswered == 0 { return context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }
}

extension ConnectionGuard {
    /// Whether the client of a connection is still there to be given something that it would have to hand back.
    ///
    /// One that closed its side might still read, but a process that ended looks the same.
    static func isClientThere(_ channel: any Channel) async -> Bool {
        guard channel.isActive else { return false }
        let isClosed = try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).isInputClosed
        }.get()
        return isClosed != true
    }
}
