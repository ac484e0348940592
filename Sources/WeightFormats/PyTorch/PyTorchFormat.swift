package import RegistryTypes

/// Files of `torch.save`: state dicts, checkpoints, whole modules; nothing of them is executed.
package struct PyTorchFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "pytorch" }

    package var fileNameExtensions: [String] { ["pt", "pth", "ckpt"] }

    /// The pickle is the first entry of the archive.
    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        if head.starts(with: PyTorchLegacyFile.magic) { return true }
        guard head.count > 30, head.starts(with: Self.archive) else { return false }
        let length = Int(head[26]) | Int(head[27]) << 8
        return head[30...].prefix(length).reversed().starts(with: "/data.pkl".utf8.reversed())
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        let head = file.head(PyTorchLegacyFile.magic.count)
        if head == PyTorchLegacyFile.magic {
            let legacy = try PyTorchLegacyFile(file)
            return try PickleWalk.read(legacy.root, in: legacy.graph, storages: legacy.storages, format: name)
        }
        guard head.starts(with: Self.archive) else {
            throw notOne(
                "torch.save writes a zip archive or its own older format; declare another format in assay.yaml")
        }
        let archive = try PyTorchArchive(file)
        let graph = PickleGraph(file)
        let root = try PickleFile.root(graph, archive.pickle.range)
        return try PickleWalk.read(root, in: graph, storages: archive.storages, format: name)
    }

    private static let archive: [UInt8] = [0x50, 0x4B, 3, 4]
}
