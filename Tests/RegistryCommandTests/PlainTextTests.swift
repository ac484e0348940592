import RegistryCommand
import Testing

/// What foreign text must not do to a terminal.
@Suite struct PlainTextTests {
    @Test(arguments: [
        ("\u{1B}[31mred", "[31mred"), ("a\u{9B}2Jb", "a2Jb"), ("\u{202E}gpj.exe", "gpj.exe"), ("a\u{200B}b", "ab"),
        ("a\u{061C}\u{2028}b", "ab"), ("line\n\ttab", "line\n\ttab"), ("ö 日本", "ö 日本"),
    ])
    func controlCharactersAreLeftOut(_ row: (text: String, clean: String)) {
        #expect(PlainText.clean(row.text) == row.clean)
    }

    @Test func ourOwnColoursStayWhereSomeAreShown() {
        let text = TerminalStyle.bad.sequence + "no" + TerminalStyle.plain.sequence
        #expect(PlainText.clean(text, keepingStyles: true) == text)
        #expect(!PlainText.clean(text).contains("\u{1B}"))
        #expect(PlainText.clean("\u{1B}]0;title\u{07}", keepingStyles: true) == "]0;title")
    }
}
