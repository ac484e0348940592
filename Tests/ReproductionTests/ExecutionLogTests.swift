import Foundation
import Reproduction
import SystemPackage
import Testing

@Suite("Execution log")
struct ExecutionLogTests {
    private func text(_ chunks: [[UInt8]], limit: Int = 1000) -> String {
        var log = ExecutionLog(limit: limit)
        return chunks.compactMap { log.accept($0) }.joined() + (log.finish() ?? "")
    }

    @Test(
        "escapes and control characters are removed",
        arguments: [
            ("plain ü 漢\t\n", "plain ü 漢\t\n"),
            ("a\u{1B}[1;31mb\u{1B}[0mc", "abc"),
            ("a\u{1B}]8;;http://x\u{1B}\\b", "ab"),
            ("a\u{1B}]0;title\u{07}b", "ab"),
            ("a\u{1B}P1$r\u{1B}\\b", "ab"),
            ("a\u{1B}(Bb\u{1B}cd", "abd"),
            ("a\u{9B}2Jb\u{9D}x\u{9C}c", "abc"),
            ("a\u{00}\u{08}\u{7F}\u{85}b", "ab"),
            ("10%\r20%\r\nend\n\r\n", "10%\n20%\nend\n\n"),
            ("a\u{202E}b\u{2066}c", "abc"),
            ("never ending \u{1B}]0;x\nnext line", "never ending \nnext line"),
            ("cut \u{1B}[3\nnext", "cut \nnext"),
        ])
    func escapes(raw: String, printable: String) {
        #expect(text([Array(raw.utf8)]) == printable)
        #expect(text(raw.utf8.map { [$0] }) == printable, "and byte by byte")
    }

    @Test("bytes that are not UTF-8 are replaced")
    func invalidBytes() {
        #expect(text([[0x61, 0xFF, 0x62]]) == "a\u{FFFD}b")
        #expect(text([[0x61, 0xE6]]) == "a\u{FFFD}")
    }

    @Test("a control string without end does not swallow the log for ever")
    func endlessControlString() {
        let long = Array("\u{1B}]".utf8) + Array(repeating: 0x78, count: 10_000)
        #expect(text([long], limit: 100_000).utf8.count > 5_000)
    }

    @Test("the log is cut at the limit, between characters, once")
    func limit() {
        var log = ExecutionLog(limit: 5)
        let first = log.accept(Array("üüüüü".utf8))
        #expect(first == "üü\n[log cut here: the command printed more than 5 bytes]\n")
        #expect(log.isTruncated)
        #expect(log.accept(Array("more".utf8)) == nil)
        #expect(log.finish() == nil)
        #expect(log.byteCount == first?.utf8.count)
    }

    @Test("exactly the limit is not cut")
    func exactLimit() {
        var log = ExecutionLog(limit: 5)
        #expect(log.accept(Array("12345".utf8)) == "12345")
        #expect(!log.isTruncated)
    }
}
