/// The zip archive that `torch.save` writes since PyTorch 1.6: `<root>/data.pkl`, `<root>/data/<key>`, `<root>/byteorder`.
///
/// Source: `torch/serialization.py` of PyTorch 2.13.
struct PyTorchArchive {
    /// The pickle.
    let pickle: MappedSlice
    let storages: PyTorchStorages

    /// Finds the parts; throws for an archive of another kind.
    init(_ file: MappedFile) throws {
        // `torch.serialization.set_crc32_options(False)` leaves the checksums out.
        let entries = try ZipDirectory(file, sumsAreOptional: true).entries
        guard let pickle = entries.first(where: { $0.name.hasSuffix("/data.pkl") && $0.name.count(of: "/") == 1 })
        else {
            throw WeightFormatError.unsupported("the archive has no data.pkl, so it was not written by torch.save")
        }
        let root = String(pickle.name.dropLast("data.pkl".count))
        var slices: [String: MappedSlice] = [:]
        var order = "little"
        for entry in entries {
            guard entry.name.hasPrefix(root), entry.method == .stored else { throw Self.unknown(entry) }
            let name = entry.name.dropFirst(root.count)
            switch name {
            case _ where name.hasPrefix("data/"): slices[String(name.dropFirst("data/".count))] = entry.packed
            case "byteorder":
                order = String(decoding: try entry.packed.bytes(0..<min(entry.packed.count, 16)), as: UTF8.self)
            case "data.pkl", "version", ".format_version", ".storage_alignment", ".data/serialization_id": break
            default: throw Self.unknown(entry)
            }
        }
        guard order == "little" || order == "big" else {
            throw WeightFormatError.malformed("the archive has the unknown byte order \(order)")
        }
        self.pickle = pickle.packed
        storages = PyTorchStorages(slices: slices, bigEndian: order == "big")
    }

    private static func unknown(_ entry: ZipEntry) -> any Error {
        WeightFormatError.unsupported(
            "the archive holds \(entry.name.prefix(80)), as no file of torch.save does; TorchScript is not read, save the "
                + "state_dict")
    }
}

extension String {
    fileprivate func count(of character: Character) -> Int { count { $0 == character } }
}
