package import RegistryTypes

/// Finds out what loading a file would import, without loading it.
///
/// A tripwire and no boundary: who loads a file still does so in a place where it can do no harm.
package enum ImportScan {
    /// The largest file of a general format, such as JSON, that is parsed to be sure that it is one; in bytes.
    package static let largestGeneralFile = 64 << 20

    /// Formats whose settings may name code of their own, in ways that are not searched.
    private static let withCode: Set<String> = ["keras", "hdf5"]

    /// Looks at a file that was found to be of a format; nil for one of a general format that imports nothing.
    ///
    /// A file that cannot be read as what it seems to be, and one of no known format, is unknown and never clean.
    package static func look(at file: MappedFile, _ path: ArtifactPath, as format: any WeightFormat)
        -> ScannedFiles.File?
    {
        if let imports = disguised(file, format) {
            return found(imports, path, PickleFormat())
        }
        do {
            switch format.name {
            case "pickle", "joblib", "pytorch": return found(try names(in: file, format.name), path, format)
            case KnownWeightFormats.opaque.name:
                return unknown(path, format, "it is of no format that Assay reads")
            case let name where withCode.contains(name):
                return unknown(path, format, "layers of \(name) files may hold code, which is not searched")
            default:
                guard !format.isGeneral || file.count <= largestGeneralFile else {
                    return unknown(path, format, "it is larger than \(largestGeneralFile >> 20) MiB")
                }
                _ = try format.open(file, layout: nil)
                return format.isGeneral ? nil : ScannedFiles.File(path: path, format: format.name)
            }
        } catch {
            return unknown(path, format, "it cannot be read as \(format.name)")
        }
    }

    /// What a file imports that is a pickle to whoever loads it as one, whatever it is called and declared to be; nil
    /// if it is none.
    ///
    /// Python cares neither for what follows a pickle nor, until it has called what is named before, for its end.
    private static func disguised(_ file: MappedFile, _ format: any WeightFormat) -> [String]? {
        guard !["pickle", "joblib", "pytorch"].contains(format.name), let bytes = try? PackedPickle.unpack(file) else {
            return nil
        }
        let graph = PickleGraph(bytes)
        let isWhole = (try? PickleFile.first(graph, 0..<bytes.count, readsInlineArrays: true)) != nil
        let isCalling = graph.nodes.contains { $0.kind == .object }
        return (isWhole || isCalling) && !graph.names.isEmpty ? graph.names + hidden(graph) : nil
    }

    /// What else is named where joblib reads the elements of arrays: to `pickle` they are instructions like all others,
    /// carried out as far as they are some.
    private static func hidden(_ graph: PickleGraph) -> [String] {
        guard graph.names.contains(JoblibArray.name) else { return [] }
        let other = PickleGraph(graph.file)
        _ = try? PickleFile.first(other, 0..<other.file.count)
        return other.names.filter { !graph.names.contains($0) }
    }

    private static func found(
        _ names: [String], _ path: ArtifactPath, _ format: any WeightFormat
    ) -> ScannedFiles.File {
        guard names.count <= ScannedFiles.mostNames else {
            return unknown(path, format, "it imports \(names.count) names")
        }
        return ScannedFiles.File(path: path, format: format.name, imports: names.sorted())
    }

    private static func unknown(
        _ path: ArtifactPath, _ format: any WeightFormat, _ problem: String
    ) -> ScannedFiles.File {
        ScannedFiles.File(path: path, format: format.name, unknown: problem)
    }

    /// Every class and function that a pickle names, whether or not what is made of it is kept.
    private static func names(in file: MappedFile, _ format: String) throws -> [String] {
        guard format == "pytorch" else {
            let bytes = try PackedPickle.unpack(file)
            let graph = PickleGraph(bytes)
            _ = try PickleFile.root(graph, 0..<bytes.count, readsInlineArrays: true)
            return graph.names + hidden(graph)
        }
        if file.head(PyTorchLegacyFile.magic.count) == PyTorchLegacyFile.magic {
            return try PyTorchLegacyFile(file).graph.names
        }
        let graph = PickleGraph(file)
        _ = try PickleFile.root(graph, PyTorchArchive(file).pickle.range)
        return graph.names
    }
}
