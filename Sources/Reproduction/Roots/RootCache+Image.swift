import Foundation
package import RegistryTypes
package import SystemPackage

extension RootCache {
    /// An image that was unpacked.
    package struct Image: Sendable, Hashable {
        /// Where it is.
        package let folder: FilePath
        /// The manifest that it was unpacked by: the one that was asked for, or that of this platform in its index.
        package let manifest: Digest
    }

    /// Where an image is; nil if it was not unpacked yet.
    ///
    /// The name is another than that of archives: who may not read an archive must not reach it as an "image".
    package func find(_ image: ImageReference) -> Image? {
        let link = folders.folder.appending(Self.indexName(image.digest)).string
        let known = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)).flatMap { try? Digest(hex: $0) }
        let manifest = known ?? image.digest
        let place = folders.folder.appending(Self.name(manifest))
        return RootFolder.kind(of: place) == S_IFDIR ? Image(folder: place, manifest: manifest) : nil
    }

    /// Fetches an image, holds every byte of it against the digest that was asked for, and unpacks its layers.
    ///
    /// - Throws: `RootError`.
    package func unpack(_ image: ImageReference, puller: ImagePuller = ImagePuller()) async throws -> Image {
        if let found = find(image) { return found }
        let (chosen, manifest) = try await Self.resolve(image, puller)
        let place = try await make(Self.name(chosen)) { unpacker, scratch in
            guard manifest.layers.allSatisfy({ $0.size >= 0 && $0.size <= unpacker.limits.bytes }),
                manifest.layers.reduce(0, { $0 + $1.size / 1024 }) <= unpacker.limits.bytes / 1024
            else { throw RootError.notAcceptable("its layers are larger than what may be unpacked") }
            let blobs = scratch.appending("image")
            try await puller.copy(image.sibling(chosen), into: blobs)
            try await Self.unpack(manifest, from: blobs, unpacker: &unpacker, scratch: scratch)
        }
        if chosen != image.digest {
            // Only spares the next question to the registry.
            _ = symlink(chosen.hex, folders.folder.appending(Self.indexName(image.digest)).string)
        }
        return Image(folder: place, manifest: chosen)
    }

    /// Throws `RootError` if the image could not be unpacked here, as far as its manifest tells; fetches nothing else.
    package func check(_ image: ImageReference, puller: ImagePuller = ImagePuller()) async throws {
        if find(image) == nil { _ = try await Self.resolve(image, puller) }
    }

    private static func name(_ manifest: Digest) -> String { "image-\(manifest.hex)" }

    private static func indexName(_ index: Digest) -> String { "index-\(index.hex)" }

    /// The manifest for this platform, and its digest: that of the image, or one that its index names.
    private static func resolve(
        _ image: ImageReference, _ puller: ImagePuller
    ) async throws -> (digest: Digest, manifest: ImageManifest.Single) {
        switch try ImageManifest(try await verified(image, puller)) {
        case .single(let manifest): return (image.digest, manifest)
        case .index(let entries):
            let architecture = ImagePlatform.architecture
            let suitable = entries.first {
                $0.platform?.os == ImagePlatform.os && $0.platform?.architecture == architecture
            }
            guard let digest = suitable?.digest else {
                throw RootError.notAcceptable("\(image) has no image for \(ImagePlatform.os)/\(architecture)")
            }
            guard case .single(let manifest) = try ImageManifest(try await verified(image.sibling(digest), puller))
            else { throw RootError.notAcceptable("the index \(image) names another index") }
            return (digest, manifest)
        }
    }

    private static func verified(_ image: ImageReference, _ puller: ImagePuller) async throws -> Data {
        let document = try await puller.manifest(image)
        guard Digest.of(document) == image.digest else {
            throw RootError.notAcceptable("the registry sent another manifest than that of \(image)")
        }
        return document
    }

    /// Unpacks the blobs of an image, each of which is compared with the digest that names it.
    private static func unpack(
        _ image: ImageManifest.Single, from blobs: FilePath, unpacker: inout RootUnpacker, scratch: FilePath
    ) async throws {
        let plainDigests = try configuration(of: image, from: blobs).rootfs.diffIDs
        guard plainDigests.count == image.layers.count else {
            throw RootError.notAcceptable("its configuration does not name its layers")
        }
        for (layer, plainDigest) in zip(image.layers, plainDigests) {
            let file = blobs.appending(layer.digest.hex)
            guard let found = FileHash.of(file), found.sha256 == layer.digest, found.size == layer.size else {
                throw RootError.notAcceptable("the layer \(layer.digest) does not match its digest")
            }
            let plain = scratch.appending("layer.tar")
            defer { _ = unlink(plain.string) }
            try await PlainArchive.expand(file, to: plain, limit: unpacker.limits.bytes)
            guard FileHash.of(plain)?.sha256 == plainDigest else {
                throw RootError.notAcceptable("the layer \(layer.digest) does not hold what the configuration says")
            }
            try unpacker.unpack(plain, isLayer: true)
        }
    }

    private static func configuration(
        of image: ImageManifest.Single, from blobs: FilePath
    ) throws(RootError) -> ImageConfiguration {
        let file = blobs.appending(image.config.digest.hex)
        guard let found = FileHash.of(file), found.sha256 == image.config.digest, found.size <= ImageManifest.longest,
            let bytes = try? Data(contentsOf: file.fileURL)
        else { throw .notAcceptable("its configuration does not match its digest") }
        guard let configuration = try? JSONDecoder().decode(ImageConfiguration.self, from: bytes) else {
            throw .notAcceptable("its configuration cannot be read")
        }
        let platform = (configuration.os, configuration.architecture)
        guard platform == (ImagePlatform.os, ImagePlatform.architecture) else {
            throw .notAcceptable("it is for \(platform.0)/\(platform.1), which this machine is not")
        }
        return configuration
    }
}
