/// The media types of the files that models and datasets are made of.
public enum MediaTypes {
    /// The media type of a source bundle.
    public static let gitObjects = "application/vnd.assay.git-objects"

    /// The media type that goes with a file's name.
    public static func of(fileName: String) -> String {
        let ending = fileName.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return byEnding[ending] ?? "application/octet-stream"
    }

    private static let byEnding: [String: String] = [
        "json": "application/json", "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain",
        "log": "text/plain", "md": "text/markdown", "yaml": "application/yaml", "yml": "application/yaml",
        "png": "image/png", "html": "text/html", "zip": "application/zip", "gz": "application/gzip",
        "tar": "application/x-tar", "safetensors": "application/vnd.safetensors", "npy": "application/vnd.numpy.npy",
        "npz": "application/vnd.numpy.npz", "parquet": "application/vnd.apache.parquet",
    ]
}
