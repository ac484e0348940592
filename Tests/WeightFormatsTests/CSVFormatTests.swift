import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Tables as weights.
@Suite struct CSVFormatTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func open(_ text: String) throws -> WeightFile { try files.open(Data(text.utf8), as: "a.csv") }

    private func compare(_ original: String, _ reproduced: String) throws -> OutputEvidence {
        try files.compare(Data(original.utf8), Data(reproduced.utf8), as: "a.csv")
    }

    private func tensors(_ text: String) throws -> [String] {
        try open(text).tensors.map { "\($0.name) \($0.dtype.rawValue) \($0.shape)" }
    }

    @Test func columnsOfNumbersAreTensors() throws {
        let table = "id,weight,name\n1,0.5,a\n2,,\"b \"\"c\"\", d\"\n3,1,e\n"
        #expect(try tensors(table) == ["id I64 [3]", "weight F64 [2]"])
        let items = try open(table).structure.map { "\($0.name) \($0.value.prefix(20))" }
        #expect(items[1].hasPrefix(#"table 3 rows of "id""#))
        #expect(items[2] == "weight empty in 1 rows: 1")
        #expect(items[0].hasPrefix("name sha256 "))
        #expect(try tensors("1,2.5\n3,4\n") == ["column_0 I64 [2]", "column_1 F64 [2]"])
        #expect(try tensors("a\tb\n1\t2\n") == ["a I64 [1]", "b I64 [1]"])
    }

    @Test func quotesAndLineEndsDoNotCount() throws {
        #expect(try compare("a,b\n1,x\n", "\u{FEFF}\"a\",b\r\n1,\"x\"\r\n").verdict == .tensorEqual)
    }

    @Test func numbersHaveAToleranceAndTextHasNone() throws {
        #expect(try compare("a,b\n0.1,x\n", "a,b\n0.10000000001,x\n").verdict == .withinTolerance)
        #expect(try compare("a,b\n0.1,x\n", "a,b\n0.1,y\n").reason == .structureDiffers)
        #expect(try compare("a,b\n0.1,x\n", "b,a\nx,0.1\n").reason == .structureDiffers)
        #expect(try compare("a\n1\n2\n", "a\n1\n").verdict == .diverged)
        #expect(try compare("a,b\n1,\n,2\n", "a,b\n,2\n1,\n").verdict == .diverged)
    }

    @Test func noNumbersAreCounted() throws {
        #expect(try open("a\nnan\ninf\n1.5\n").nonfinite().first?.counts.total == 2)
    }

    @Test(arguments: ["a,b\n1\n", "a\n\"1\n", "a\n\"1\"2\n", "a,a\n1,2\n"])
    func tablesThatReadersUnderstandDifferentlyAreRefused(_ text: String) throws {
        let error = #expect(throws: RegistryError.self) { try open(text) }
        #expect(error?.details["weights"] == "malformed")
    }

    @Test func theNumberOfColumnsHasALimit() throws {
        let error = #expect(throws: RegistryError.self) { try open(String(repeating: ",", count: 1_000_000)) }
        #expect(error?.details["weights"] == "unsupported")
    }
}
