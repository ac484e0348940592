package import RegistryTypes

extension WeightFile {
    /// The digest `content-v1` of the tensors: the same for every container that holds the same tensors.
    ///
    /// It is the SHA-256 of the tensors in order of their names' UTF-8 bytes. Each contributes first the RFC 8785 form
    /// of the JSON array `[name, dtype, shape]` and then its elements, little-endian and in C order, with nothing
    /// between. The dtype has the name of the safetensors format (`F32`, `I64`, `BOOL`, …) whatever the container, the
    /// shape is an array of integers, `[]` for a single number. A tensor without a name is called `arr_0`.
    /// Container, metadata, order in the file, compression, byte order and memory order do not enter.
    ///
    /// Reads all elements once; throws what reading throws.
    package func contentDigest() throws -> Digest {
        var hasher = ContentHasher()
        for tensor in tensors {
            try hasher.begin(tensor)
            try tensor.forEachChunk { hasher.update($0) }
        }
        return hasher.finish()
    }
}
