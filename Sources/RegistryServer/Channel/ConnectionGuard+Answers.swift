import NIOCore
import NIOHTTP1
import RegistryTypes

/// What goes out.
extension ConnectionGuard {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The client has its answer; that of the routes comes too late.
        guard !isRefused else { return promise?.succeed() ?? () }
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200: writeInterim(data, context, promise)
        case .head(let head): write(head, context, promise)
        case .body: context.write(data, promise: promise)
        case .end: end(data, context, promise)
        }
    }

    /// `100 Continue` goes out once, to whom it concerns.
    private func writeInterim(_ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        guard expectsContinue, isReadingBody, received == 0 else { return promise?.succeed() ?? () }
        expectsContinue = false
        enter(.body, context)
        context.write(data, promise: promise)
    }

    private func write(_ head: HTTPResponseHead, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var head = head
        hasBegunAnswer = true
        // A client that goes on sending a body which nobody wants would keep the connection busy.
        if isReadingBody, expectsContinue || (expected ?? .max) > limits.drainedBytes { isLast = true }
        if isLast, unanswered == 1 { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if version != .http1_1 { head.version = .http1_0 }
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }

    private func end(_ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        hasBegunAnswer = false
        unanswered -= 1
        guard unanswered == 0, isLast || isStopping || pendingRefusal != nil else {
            context.write(data, promise: promise)
            if unanswered == 0, phase == .answer { enter(.idle, context) }
            return
        }
        guard pendingRefusal == nil else {
            context.write(data, promise: promise)
            return answerRefusal(context)
        }
        isRefused = true
        finish(with: data, context, promise)
    }

    /// Answers what is no request, or one that goes beyond a limit, after the requests before it.
    func refuse(_ error: RegistryError, _ context: ChannelHandlerContext) {
        guard pendingRefusal == nil, !isRefused else { return }
        pendingRefusal = error
        isLast = true
        if unanswered == 0 { answerRefusal(context) } else { enter(.answer, context) }
    }

    /// Ends a request in the middle of its body: with the error as its answer, if no other has begun.
    func breakOff(_ error: RegistryError, _ context: ChannelHandlerContext) {
        isLast = true
        isReadingBody = false
        if !hasBegunAnswer, unanswered == 1 {
            pendingRefusal = error
            answerRefusal(context)
        } else {
            enter(.answer, context)
        }
        context.fireErrorCaught(error)
    }

    private func answerRefusal(_ context: ChannelHandlerContext) {
        guard let error = pendingRefusal else { return }
        isRefused = true
        let answer = ProblemAnswer(error)
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        finish(with: Self.wrapOutboundOut(.end(nil)), context, nil)
    }

    /// Ends the connection once the client has the last answer: closed before all that it sent was read, the system
    /// would throw the answer away.
    private func finish(with end: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let hasUnread = isReadingBody || pendingRefusal != nil
        enter(.drain, context)
        let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        sent.futureResult.whenComplete { _ in channel.close(mode: hasUnread ? .output : .all, promise: nil) }
        context.writeAndFlush(end, promise: sent)
        context.read()
    }
}
