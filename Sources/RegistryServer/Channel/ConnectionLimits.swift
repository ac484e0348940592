package import NIOCore

/// What one connection may ask of the server, and how many there may be; `docs/reference/limits.md` lists them.
package struct ConnectionLimits: Sendable {
    /// Bytes of all header fields of a request.
    package var headerBytes = 16 << 10
    /// Header fields of a request.
    package var headerFields = 100
    /// Bytes of the target in the request line.
    package var targetBytes = 8 << 10
    /// From the first byte of a request to the end of its header.
    package var headerTime = TimeAmount.seconds(10)
    /// Between two requests.
    package var idleTime = TimeAmount.seconds(60)
    /// Over this time, a body has to come in or an answer to be taken at `leastRate`.
    package var rateWindow = TimeAmount.seconds(30)
    /// Bytes a second.
    package var leastRate = 1 << 10
    /// Bytes of a refused body that are read, so that the client reads the answer before the connection ends.
    package var drainedBytes = 1 << 20
    /// How long they are read.
    package var drainTime = TimeAmount.seconds(5)
    /// While the server is being stopped, a transfer that stands still for this long is cut off.
    package var stoppingStall = TimeAmount.seconds(2)
    /// When the server is being stopped, transfers may take this long to end.
    package var stoppingTime = TimeAmount.seconds(15)
    /// Connections in all.
    package var connections = 16_384
    /// Connections from one address.
    package var connectionsPerAddress = 1_024

    package init() {}
}
