import RegistryTypes

package import struct Foundation.Data

/// Checks a whole log, laid out as C2SP tlog-tiles says, against its signed checkpoint: every entry and every tile is
/// hashed, and what was altered is named.
///
/// The checkpoint decides: from its root down, that of two contradicting hashes is right which leads to the root. So an
/// altered entry is told from an altered tile.
package struct LogVerifier {
    /// Reads a file of the log by its path; nil if it is not there.
    package typealias Read = (_ path: String) throws -> Data?

    /// What was found.
    package struct Report: Sendable {
        package let checkpoint: Checkpoint
        /// The keys, of those that are trusted, that signed it.
        package let signers: [VerifierKey]
        /// Entries that were hashed.
        package var entries: Int64 = 0
        /// Tiles of hashes that were compared.
        package var tiles: Int64 = 0
        /// The keys that entries of this log say it is signed with.
        package var announced: Set<String> = []
        package var findings: [Finding] = []
        /// Findings beyond those that are listed.
        package var omitted = 0
    }

    /// Something that is not as it was signed.
    package struct Finding: Codable, Sendable, Hashable {
        /// `entry 123`, `tile/0/x001/067` or `checkpoint`.
        package let object: String
        package let detail: String
    }

    /// A tile whose stored hashes are not those that were computed from what is below it.
    private struct Doubt {
        let stored: [Digest]?
        let computed: [Digest]?
    }

    private struct Place: Hashable {
        let level: Int
        let number: Int64
    }

    private static let mostFindings = 1000

    private let read: Read
    /// Sizes at which the log is known to have had a root, with where that is known from.
    private let known: [Int64: [(root: Digest, from: String)]]
    private var report: Report
    private var doubts: [Place: Doubt] = [:]

    /// Prepares the check of a log whose checkpoint one of the keys must have signed.
    ///
    /// - Parameter known: older checkpoints of this log, which it must have grown from.
    /// - Throws: `integrity-failure` if nobody who is trusted signed the checkpoint, or it is of another log.
    package init(
        checkpoint: Data, keys: [VerifierKey], known: [(checkpoint: Checkpoint, from: String)] = [],
        read: @escaping Read
    ) throws {
        let note = try SignedNote(checkpoint)
        let signers = try note.verified(by: keys)
        let head = try Checkpoint(text: note.text)
        guard signers.allSatisfy({ $0.name == head.origin }) else {
            throw RegistryError(.integrityFailure, "the checkpoint of \(head.origin) is signed in another log's name")
        }
        self.read = read
        self.known = Dictionary(grouping: known, by: \.checkpoint.size).mapValues {
            $0.map { ($0.checkpoint.root, $0.from) }
        }
        report = Report(checkpoint: head, signers: signers)
        for (old, from) in known {
            if old.origin != head.origin {
                find("checkpoint", "\(from) is of another log, \(old.origin)")
            } else if old.size > head.size {
                find("checkpoint", "it is older than \(from): \(head.size) entries, which were \(old.size) already")
            }
        }
    }

    /// Reads everything once, in order.
    package mutating func run() throws -> Report {
        let size = report.checkpoint.size
        guard size > 0 else {
            if report.checkpoint.root != MerkleRoot().digest {
                find("checkpoint", "its root is not that of no entries")
            }
            return report
        }
        var edges: [(level: Int, number: Int64, candidates: [[Digest]])] = []
        var below: [Digest?] = []
        for level in 0..<Tile.levels(size: size) {
            var above: [Digest?] = []
            for tile in Tile.all(level: level, size: size) {
                let computed = try level == 0 ? leaves(of: tile) : Self.whole(below[Self.indices(of: tile)])
                let stored = try hashes(of: tile)
                if stored == nil || stored != computed {
                    doubts[Place(level: level, number: tile.number)] = Doubt(stored: stored, computed: computed)
                }
                if tile.width < Tile.fullWidth {
                    let candidates = [computed, stored].compactMap(\.self)
                    edges.append(
                        (level, tile.number, candidates.count == 2 && stored == computed ? [candidates[0]] : candidates)
                    )
                } else {
                    above.append((computed ?? stored).map { MerkleRoot(of: $0).digest })
                }
            }
            below = above
        }
        guard let trusted = rightEdge(edges) else {
            find(
                "checkpoint",
                doubts.isEmpty
                    ? "its root is not that of the \(size) entries, with which all tiles agree: they were made anew"
                    : "its root does not lead to the last entries and tiles")
            return finished(nothingIsTrusted: true)
        }
        for (edge, hashes) in zip(edges, trusted) {
            resolve(Place(level: edge.level, number: edge.number), hashes)
        }
        return finished(nothingIsTrusted: false)
    }

    private var grown = MerkleRoot()

    /// The leaf hashes of the entries below a tile of level 0; nil if their bundle is not as it must be.
    private mutating func leaves(of tile: Tile) throws -> [Digest]? {
        let bundle = Tile(level: nil, number: tile.number, width: tile.width)
        guard let entries = try read(bundle.path).flatMap(EntryBundle.decode), entries.count == tile.width else {
            return nil
        }
        report.entries += Int64(entries.count)
        let leaves = entries.map { MerkleTree.leafHash($0) }
        for (entry, leaf) in zip(entries, leaves) {
            note(entry)
            grown.append(leaf)
            // A gap before this has been found already, and every root after it is another one.
            for (root, from) in known[grown.size] ?? [] where grown.digest != root {
                find("checkpoint", "the log did not grow from \(from): its first \(grown.size) entries are other ones")
            }
        }
        return leaves
    }

    /// Takes down which key an entry announces.
    private mutating func note(_ entry: Data) {
        guard entry.starts(with: #"{"action":"log-"#.utf8), let json = try? JSONParser.parse(entry),
            ["log-key.create", "log-epoch.start"].contains(json["action"]?.string),
            let key = json["after"]?["vkey"]?.string
        else { return }
        report.announced.insert(key)
    }

    /// The hashes of a tile; nil if it is not there or has another length.
    private mutating func hashes(of tile: Tile) throws -> [Digest]? {
        guard let bytes = try read(tile.path), bytes.count == tile.width * 32 else { return nil }
        report.tiles += 1
        return try (0..<tile.width).map { index in
            let start = bytes.startIndex + index * 32
            return try Digest(bytes: Array(bytes[start..<start + 32]))
        }
    }

    private static func indices(of tile: Tile) -> Range<Int> { Int(tile.range.lowerBound)..<Int(tile.range.upperBound) }

    private static func whole(_ hashes: ArraySlice<Digest?>) -> [Digest]? {
        hashes.contains(nil) ? nil : hashes.compactMap(\.self)
    }

    /// Of the hashes that stand at the right edge on each level, those that lead to the signed root; nil if none do.
    private func rightEdge(_ edges: [(level: Int, number: Int64, candidates: [[Digest]])]) -> [[Digest]]? {
        var choices: [[[Digest]]] = [[]]
        for edge in edges { choices = choices.flatMap { choice in edge.candidates.map { choice + [$0] } } }
        return choices.first { choice in
            var root = MerkleRoot()
            for (edge, hashes) in zip(edges, choice).reversed() {
                for hash in hashes { root.append(hash, leaves: 1 << (8 * edge.level)) }
            }
            return root.digest == report.checkpoint.root
        }
    }

    /// Names what contradicts the right hashes of a tile, and goes down to where it comes from.
    private mutating func resolve(_ place: Place, _ hashes: [Digest]) {
        let doubt = doubts.removeValue(forKey: place) ?? Doubt(stored: hashes, computed: hashes)
        if doubt.stored != hashes { find(tile: place, doubt.stored) }
        let computed = doubt.computed.map { $0.map(Optional.some) } ?? hashes.map { _ in nil }
        if doubt.computed == nil, place.level == 0 { find(bundle: place) }
        for (index, (right, found)) in zip(hashes, computed).enumerated() where found != right {
            let number = place.number * 256 + Int64(index)
            if place.level == 0 {
                if found != nil { find("entry \(number)", "it does not have the hash that was signed") }
                continue
            }
            let below = Place(level: place.level - 1, number: number)
            let candidates = [doubts[below]?.computed, doubts[below]?.stored].compactMap(\.self)
            if let good = candidates.first(where: { MerkleRoot(of: $0).digest == right }) {
                resolve(below, good)
            } else {
                doubts[below] = nil
                let leaves = Int64(1) << (8 * place.level)
                find(
                    "entries \(number * leaves) to \((number + 1) * leaves - 1)",
                    "neither they nor \(Tile(level: below.level, number: number).path) lead to what was signed")
            }
        }
    }

    /// What nothing above contradicts: there the computed hashes are right.
    private mutating func finished(nothingIsTrusted: Bool) -> Report {
        for (place, doubt) in doubts.sorted(by: { ($0.key.level, $0.key.number) < ($1.key.level, $1.key.number) }) {
            if doubt.computed == nil, place.level == 0 { find(bundle: place) }
            guard doubt.stored == nil || doubt.computed != nil else { continue }
            if nothingIsTrusted, doubt.stored != nil {
                find(path(of: place), "it contradicts what is below it")
            } else {
                find(tile: place, doubt.stored)
            }
        }
        return report
    }

    private mutating func find(tile place: Place, _ stored: [Digest]?) {
        find(
            path(of: place),
            stored == nil ? "it is missing or has a wrong length" : "its hashes are not those that were signed")
    }

    private mutating func find(bundle place: Place) {
        let tile = Tile(level: nil, number: place.number, width: width(of: place))
        find(tile.path, "it is missing, or is no bundle of \(tile.width) entries")
    }

    private func path(of place: Place) -> String {
        Tile(level: place.level, number: place.number, width: width(of: place)).path
    }

    private func width(of place: Place) -> Int {
        Int(min(256, report.checkpoint.size >> (8 * place.level) - place.number * 256))
    }

    private mutating func find(_ object: String, _ detail: String) {
        guard report.findings.count < Self.mostFindings else {
            report.omitted += 1
            return
        }
        report.findings.append(Finding(object: object, detail: detail))
    }
}
