import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Files that call something when they are loaded are never clean, whatever they are called and however they hide it: the
/// classes of picklescan's CVE-2025-1716, -1889, -1944, -1945, -10155 to -10157, and archives that no scanner opens.
@Suite struct ImportScanTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    /// What is found in bytes as a file of that name, or of the format that a recipe declares.
    private func look(_ data: Data, _ name: String, as declared: String? = nil) throws -> ScannedFiles.File? {
        let file = try files.map(data)
        let format =
            try declared.map { try #require(KnownWeightFormats.named($0)) }
            ?? KnownWeightFormats.detect(fileName: name, file: file)
        return ImportScan.look(at: file, try ArtifactPath(name), as: format)
    }

    /// A short text, as protocol 4 writes it.
    private static func text(_ text: String) -> Data { Data([0x8C, UInt8(text.utf8.count)]) + Data(text.utf8) }

    private static let ascii = Data("cposix\nsystem\n(S'touch canary'\ntR.".utf8)
    private static let binary =
        Data([0x80, 4]) + text("posix") + text("system") + Data([0x93]) + text("true")
        + Data("\u{85}R.".unicodeScalars.map { UInt8($0.value) })

    /// Ways to have something called, and what is named then.
    private static let pickles: [(String, Data, String)] = [
        ("GLOBAL", ascii, "posix.system"), ("STACK_GLOBAL", binary, "posix.system"),
        ("INST", Data("(S'true'\niposix\nsystem\n.".utf8), "posix.system"),
        ("OBJ", Data("(cposix\nsystem\nS'true'\no.".utf8), "posix.system"),
        ("NEWOBJ", Data([0x80, 2]) + Data("csubprocess\nPopen\n)".utf8) + Data([0x81, 0x2E]), "subprocess.Popen"),
        ("getattr", Data("cbuiltins\ngetattr\n(cbuiltins\n__import__\nS'x'\ntR.".utf8), "builtins.getattr"),
        ("the old builtins", Data("c__builtin__\neval\n(S'1'\ntR.".utf8), "builtins.eval"),
        (
            "numpy's runstring", Data("cnumpy.testing._private.utils\nrunstring\n(S'1'\ntR.".utf8),
            "numpy.testing._private.utils.runstring"
        ),
        ("pip", Data("cpip\nmain\n(S'install'\ntR.".utf8), "pip.main"),
        ("torch's own loader", Data("ctorch\nload\n(S'other.bin'\ntR.".utf8), "torch.load"),
        (
            "a subclass", Data("casyncio.unix_events\n_UnixSubprocessTransport._start\n(tR.".utf8),
            "asyncio.unix_events._UnixSubprocessTransport._start"
        ),
        ("a state's function", Data("ccollections\nOrderedDict\n)R(dS'x'\ncposix\nsystem\nsb.".utf8), "posix.system"),
        ("something named and thrown away", Data("cposix\nsystem\n0N.".utf8), "posix.system"),
        ("something called and thrown away", Data("cposix\nsystem\n(S'true'\ntR0N.".utf8), "posix.system"),
        ("places of the memo that are left out", sparseMemo, "posix.getcwd"),
    ]

    /// The next free place of the memo is the number of those that are taken, not one behind the last: `posix` and `getcwd`
    /// overwrite two harmless names.
    private static var sparseMemo: Data {
        func put(_ word: String, _ place: UInt8) -> Data { text(word) + Data([0x71, place, 0x30]) }
        func memoize(_ word: String) -> Data { text(word) + Data([0x94, 0x30]) }
        return Data([0x80, 4]) + put("x", 0) + put("OrderedDict", 2) + memoize("getcwd") + put("collections", 4)
            + memoize("y") + memoize("posix") + Data([0x68, 4, 0x68, 2, 0x93]) + Data(")R.".utf8)
    }

    @Test(arguments: pickles)
    func whatIsCalledIsNamed(way: String, pickle: Data, name: String) throws {
        #expect(try look(pickle, "w.pkl")?.imports?.contains(name) == true, "\(way)")
    }

    /// Python calls what stands before the end, whether or not the end comes.
    @Test(arguments: pickles)
    func aPickleThatIsCutOffIsNeverClean(way: String, pickle: Data, name: String) throws {
        for cut in 1..<pickle.count {
            let found = try look(pickle.prefix(cut), "w.pkl")
            #expect(found?.unknown != nil || found?.imports?.isEmpty == false, "\(way) after \(cut) bytes")
        }
        #expect(try look(pickle + Data("x".utf8), "w.pkl")?.unknown != nil, "\(way)")
        #expect(try look(Data("N.".utf8) + pickle, "w.pkl")?.unknown != nil, "\(way) behind another")
    }

    @Test(arguments: pickles)
    func noOtherNameHidesAPickle(way: String, pickle: Data, name: String) throws {
        // What is only named, in something that has no end, could as well be a text.
        let isCalling = way != "something named and thrown away"
        for ending in [
            "txt", "csv", "json", "md", "log", "bin", "dat", "npy", "npz", "safetensors", "gguf", "onnx", "h5", "keras",
            "ubj", "pt", "ckpt", "joblib", "PKL", "",
        ] {
            // As it is, cut off behind the call, and with something behind it.
            for bytes in [pickle, pickle + Data("\nand more\n".utf8)] + (isCalling ? [pickle.dropLast()] : []) {
                let found = try look(bytes, ending.isEmpty ? "w" : "w.\(ending)")
                let isNamed = found?.imports?.contains(name) == true
                #expect(isNamed || found?.unknown != nil, "\(way) as .\(ending): \(String(describing: found))")
            }
        }
        for format in KnownWeightFormats.all {
            let found = try look(pickle, "w.pkl", as: format.name)
            let isNamed = found?.imports?.contains(name) == true
            #expect(isNamed || found?.unknown != nil, "\(way) declared as \(format.name): \(String(describing: found))")
        }
    }

    /// Bytes that joblib takes for the elements of an array are instructions to `pickle`.
    @Test func instructionsAmongTheElementsOfAnArrayAreFound() throws {
        let elements = "cposix\nsystem\n(S'true'\ntR0"
        let array =
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\u{81}(dS'dtype'\ncnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNNN"
            + "I-1\nI-1\nI0\ntbsS'shape'\n(I\(elements.utf8.count)\ntsS'order'\nS'C'\nsS'subclass'\ncnumpy\nndarray\nsb"
        let pickle = Data([0x80, 2]) + Data((array + elements + ".").unicodeScalars.map { UInt8($0.value) })
        for name in ["w.pkl", "w.joblib", "w.txt", "w.npy"] {
            let found = try look(pickle, name)
            #expect(found?.imports?.contains("posix.system") == true, "\(name): \(String(describing: found))")
        }
    }

    /// What joblib itself wrote names what it is made of, and nothing that its numbers look like.
    @Test(arguments: ["model.joblib", "model-gzip.joblib", "model-zlib.joblib", "forest.joblib"])
    func theNumbersOfAnHonestModelNameNothing(name: String) throws {
        let imports = try #require(try look(ScratchFiles.fixture("pickle/\(name)"), name)?.imports)
        #expect(imports.contains("joblib.numpy_pickle.NumpyArrayWrapper"))
        for name in imports {
            #expect(
                ["joblib.", "numpy.", "sklearn.", "collections.", "builtins.", "scipy.", "_codecs."].contains {
                    name.hasPrefix($0)
                }, "\(name)")
        }
    }

    @Test func honestTextIsStillText() throws {
        for (name, text) in [
            ("notes.txt", "cat\ndog\nand (more)\n"), ("README.txt", "# Title\n\nSome text. More.\n"),
            ("a.csv", "c,I\n1,2\n"),
            ("a.json", #"{"a":[1,2]}"#), ("N.txt", "N."),
        ] { #expect(try look(Data(text.utf8), name) == nil, "\(name)") }
    }

    private static let magics: [(String, [UInt8])] = [
        ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]), ("rar", [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 1, 0]),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), ("bzip2", [0x42, 0x5A, 0x68, 0x39]),
        ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        ("lz4", [4, 0x22, 0x4D, 0x18]), ("tar", Array("w.pkl".utf8) + [UInt8](repeating: 0, count: 600)),
        ("ELF", [0x7F, 0x45, 0x4C, 0x46]),
        ("nothing", []), ("zeros", [UInt8](repeating: 0, count: 64)),
    ]

    /// What is not opened is not clean: a model packed in 7z was loaded by many and looked into by nobody.
    @Test(arguments: magics)
    func aContainerThatIsNotOpenedIsUnknown(kind: String, magic: [UInt8]) throws {
        for name in ["w.pkl", "w.pt", "w.bin", "w.joblib", "w.ckpt", "w.7z", "w"] {
            #expect(try look(Data(magic) + Self.binary.dropFirst(), name)?.unknown != nil, "\(kind) as \(name)")
        }
    }

    private static let archive: [HandmadeZip.Entry] = [
        .init(name: "m/data.pkl", packed: binary), .init(name: "m/version", packed: Data("3\n".utf8)),
    ]

    @Test func anArchiveOfPyTorchIsLookedInto() throws {
        #expect(try look(HandmadeZip(Self.archive).data, "w.pt")?.imports == ["posix.system"])
        let harmless = HandmadeZip.Entry(name: "m/data.pkl", packed: Data([0x80, 2, 0x7D, 0x2E]))
        #expect(try look(HandmadeZip([harmless]).data, "w.pt")?.imports == [])
        let nested = HandmadeZip.Entry(name: "m/data/0", packed: HandmadeZip(Self.archive).data)
        var lying = HandmadeZip([harmless])
        lying.addRecord(of: .init(name: "m/other.pkl", packed: harmless.packed), at: 0)
        let others: [(String, HandmadeZip)] = [
            ("two of one name", HandmadeZip([harmless, Self.archive[0]])),
            ("another pickle", HandmadeZip([harmless, .init(name: "m/extra.pkl", packed: Self.binary)])),
            ("another case", HandmadeZip([harmless, .init(name: "m/DATA.PKL", packed: Self.binary)])),
            ("another folder", HandmadeZip([.init(name: "n/m/data.pkl", packed: Self.binary), harmless])),
            ("a name that only the directory has", lying),
            ("code", HandmadeZip([harmless, .init(name: "m/code/__torch__.py", packed: Data("x".utf8))])),
            ("fewer entries than there are", HandmadeZip([harmless, Self.archive[1]], claiming: 1)),
            ("nothing", HandmadeZip([])), ("no pickle", HandmadeZip([Self.archive[1]])),
            ("an archive instead of a pickle", HandmadeZip([.init(name: "m/data.pkl", packed: nested.packed)])),
        ]
        for (what, zip) in others {
            let found = try look(zip.data, "w.pt")
            #expect(found?.unknown != nil, "\(what): \(String(describing: found))")
        }
        // Bytes of a tensor are never loaded as anything else.
        #expect(try look(HandmadeZip([harmless, nested]).data, "w.pt")?.imports == [])
        for cut in stride(from: 1, to: HandmadeZip(Self.archive).data.count, by: 7) {
            let found = try look(HandmadeZip(Self.archive).data.prefix(cut), "w.pt")
            #expect(found?.unknown != nil, "after \(cut) bytes: \(String(describing: found))")
        }
    }

    /// The flag of encryption, and a name in the entry that is not that of the directory.
    @Test func anArchiveWhoseHeadersDisagreeIsUnknown() throws {
        let data = HandmadeZip(Self.archive).data
        let directory = try #require(data.range(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
        for offset in [6, 8, directory + 8, directory + 10] + Array(30..<40) {
            var changed = data
            changed[offset] ^= 1
            let found = try look(changed, "w.pt")
            #expect(
                found?.unknown != nil || found?.imports == ["posix.system"], "\(offset): \(String(describing: found))")
        }
    }
}
