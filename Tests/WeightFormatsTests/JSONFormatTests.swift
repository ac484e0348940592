import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// JSON as weights.
@Suite struct JSONFormatTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func open(_ text: String) throws -> WeightFile { try files.open(Data(text.utf8), as: "a.json") }

    private func compare(_ original: String, _ reproduced: String) throws -> OutputEvidence {
        try files.compare(Data(original.utf8), Data(reproduced.utf8), as: "a.json")
    }

    private func tensors(_ text: String) throws -> [String] {
        try open(text).tensors.map { "\($0.name) \($0.dtype.rawValue) \($0.shape)" }
    }

    @Test func numbersBecomeTensorsByPath() throws {
        let text = #"{"w": [[1, 2.5], [3, 4], [5, 6]], "n": 3, "a/b": {"~": [true, 7, "x"]}, "e": [], "o": {}}"#
        #expect(try tensors(text) == ["a~1b/~0/1 I64 []", "n I64 []", "w F64 [3, 2]"])
        let items = try open(text).structure.map { "\($0.name) \($0.value)" }
        #expect(items == ["a~1b/~0 array of 3", "a~1b/~0/0 true", #"a~1b/~0/2 "x""#, "e []", "o {}"])
        #expect(try tensors("[1, 2]") == ["arr_0 I64 [2]"])
        #expect(try tensors("-0.5") == ["arr_0 F64 []"])
        #expect(try tensors("[[1], [2, 3]]") == ["0 I64 [1]", "1 I64 [2]"])
        #expect(try tensors(#"[[1, 2], [3, 4], "end"]"#) == ["0 I64 [2]", "1 I64 [2]"])
    }

    @Test func layoutAndOrderDoNotCount() throws {
        let evidence = try compare(#"{"a": 1, "b": [0.1, 2]}"#, "{ \"b\":[1e-1 ,2.0],\n\"a\":1 }")
        #expect(evidence.verdict == .tensorEqual)
    }

    @Test func numbersHaveATolerance() throws {
        #expect(try compare("[0.1, 0.2]", "[0.1, 0.20000000001]").verdict == .withinTolerance)
        #expect(try compare("[0.1, 0.2]", "[0.1, 0.3]").verdict == .diverged)
        // Integers are exact, and stay apart from numbers with a fraction.
        #expect(try compare("[9007199254740992, 1]", "[9007199254740993, 1]").verdict == .diverged)
        #expect(try compare("[1, 2]", "[1, 2.0]").verdict == .diverged)
    }

    @Test func everythingElseIsExact() throws {
        for (one, two) in [
            (#"{"a": "x"}"#, #"{"a": "y"}"#), ("[true, 1]", "[false, 1]"), (#"{"a": null}"#, #"{"a": "null"}"#),
            (#"{"a": []}"#, #"{"a": {}}"#), (#"{"a": ["x"]}"#, #"{"a": {"0": "x"}}"#),
        ] {
            let evidence = try compare(one, two)
            #expect(evidence.verdict == .diverged, "\(one)")
            #expect(evidence.reason == .structureDiffers)
        }
    }

    @Test func wordsForNoNumberAreCounted() throws {
        let file = try open("[1.0, NaN, Infinity, -Infinity]")
        let counts = try #require(file.nonfinite().first?.counts)
        #expect(counts.total == 4 - 1)
        #expect(try compare("[NaN, 1]", "[ NaN, 1]").totals.nonfiniteOriginal.nan == 1)
    }

    @Test func numbersThatNothingHoldsAreLoud() throws {
        for number in ["1e400", "-1e400", "9223372036854775808", "[0.5, 9007199254740993]"] {
            let error = #expect(throws: RegistryError.self) { try open(number) }
            #expect(error?.details["weights"] == "unsupported", "\(number)")
        }
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "01", "1.", ".5", "+1", "nan", "inf", "[1 2]", "\"a", "tru",
        "[1]x",
        "\"\\x\"", "{1: 2}", "--1", "1e", "Infinity1",
    ])
    func whatIsNoJSONIsRefused(_ text: String) throws {
        let error = #expect(throws: RegistryError.self) { try open(text) }
        #expect(error?.details["weights"] == "malformed")
    }

    @Test func depthHasALimit() throws {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(throws: RegistryError.self) { try open(deep) }
        #expect(try tensors(String(repeating: "[", count: 50) + "1" + String(repeating: "]", count: 50)).count == 1)
    }
}
