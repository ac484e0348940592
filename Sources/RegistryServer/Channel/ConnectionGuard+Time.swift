import NIOCore
import NIOHTTP1
import RegistryTypes

/// What takes too long.
extension ConnectionGuard {
    /// Waits for something else from now on.
    func enter(_ phase: Phase, _ context: ChannelHandlerContext) {
        self.phase = phase
        received = 0
        let time: TimeAmount? =
            switch phase {
            case .idle: limits.idleTime
            case .head: limits.headerTime
            case .body: isStopping ? limits.stoppingStall : limits.rateWindow
            case .answer: nil
            case .drain: limits.drainTime
            }
        deadline = time.map { context.eventLoop.now + $0 }
        guard let deadline else { return }
        // One timer serves many phases: it looks again when it comes too early.
        if timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        schedule(deadline, context)
    }

    private func schedule(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timerDeadline = deadline
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.timer = nil
            guard let deadline = handler.deadline else { return }
            if deadline <= context.eventLoop.now { return handler.expire(context) }
            handler.schedule(deadline, context)
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        switch phase {
        case .idle, .drain: context.close(promise: nil)
        case .head: refuse(RegistryError(.requestTimeout, "the header of the request took too long"), context)
        case .body: judgeBody(context)
        case .answer: break
        }
    }

    /// A body that comes in too slowly ends; not one that the server itself does not read.
    private func judgeBody(_ context: ChannelHandlerContext) {
        let least = isStopping ? 1 : limits.leastRate * Int(limits.rateWindow.nanoseconds / 1_000_000_000)
        guard isReadWanted, received < max(1, least) else { return enter(.body, context) }
        breakOff(isStopping ? Self.stopping : Self.slow(limits), context)
    }

    private static let stopping = RegistryError(.serverStopping, "the server is being stopped; send it again")

    private static func slow(_ limits: ConnectionLimits) -> RegistryError {
        RegistryError(.requestTimeout, "a body has to come in with at least \(limits.leastRate) bytes a second")
    }

    /// Serves what is under way, for a while, and no more.
    func stop(_ context: ChannelHandlerContext) {
        isStopping = true
        isLast = true
        guard unanswered > 0 else { return context.close(promise: nil) }
        if isReadingBody { enter(.body, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: limits.stoppingTime) {
            let (handler, context) = bound.value
            guard context.channel.isActive, handler.unanswered > 0, !handler.isRefused else { return }
            if handler.isReadingBody { return handler.breakOff(Self.stopping, context) }
            context.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallTimer?.cancel()
        stallTimer = nil
        if !context.channel.isWritable { watchAnswer(context, since: nil) }
        context.fireChannelWritabilityChanged()
    }

    /// Ends a connection whose client takes its answer too slowly.
    private func watchAnswer(_ context: ChannelHandlerContext, since before: Int?) {
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        let least = limits.leastRate * Int(limits.rateWindow.nanoseconds / 1_000_000_000)
        if let before, let waiting, before - waiting < max(1, least) { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        stallTimer = context.eventLoop.scheduleTask(in: isStopping ? limits.stoppingStall : limits.rateWindow) {
            let (handler, context) = bound.value
            guard !context.channel.isWritable else { return }
            handler.watchAnswer(context, since: waiting ?? 0)
        }
    }

    func cancelTimers() {
        timer?.cancel()
        timer = nil
        stallTimer?.cancel()
        stallTimer = nil
    }
}
