import RegistryTypes
import Testing

/// A pattern that others write costs no more than its length times that of the name, whatever stands in it.
@Suite struct NamePatternTests {
    /// A matcher that tried every way for every star would not end while anybody waits.
    @Test func noPatternExplodes() throws {
        let name = String(repeating: "a", count: 10_000)
        for pattern in [
            String(repeating: "a*", count: 127) + "b", String(repeating: "*a", count: 127) + "*b",
            String(repeating: "*", count: 255) + "b", String(repeating: "*?", count: 127) + "b",
        ] {
            #expect(try !NamePattern(pattern).matches(name), "\(pattern)")
            #expect(try NamePattern(pattern).matches(name + "b"), "\(pattern)")
        }
    }

    /// There are no classes, groups, repetitions and escapes: what means something in a regular expression is a letter.
    @Test(arguments: ["(a+)+$", "[a-z]", "a{1,9}", "^a", "a|b", "\\d", ".", "\\*"])
    func signsOfRegularExpressionsAreLetters(pattern: String) throws {
        let matcher = try NamePattern(pattern)
        #expect(matcher.matches(pattern.replacing("*", with: "x")))
        for name in ["a", "aaaa", "1", "b"] { #expect(!matcher.matches(name), "\(pattern) \(name)") }
    }
}
