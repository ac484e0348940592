/// The audit log as a signed tree: how far it is signed, and with which keys.
public struct LogStatus: Codable, Sendable, Equatable {
    /// How many entries there are, signed or not.
    public var entries: Int64
    /// The last signed checkpoint, as a C2SP signed note; nil before the first one.
    public var checkpoint: String?
    /// When it was signed, in UTC milliseconds.
    public var signedAt: Int64?
    /// Why nothing more is signed; nil while all is well.
    public var refusal: String?
    /// The keys of the present epoch, newest first.
    public var keys: [LogKeyRecord]
    /// The epochs, newest first.
    public var epochs: [LogEpochRecord]
    /// How the keys of the present epoch followed each other, oldest first: C2SP tlog-proofs of the entries that announce
    /// them, under checkpoints that the key before and the new one signed. Absent where there was no other key.
    public var handovers: [String]?

    /// Describes the log.
    public init(
        entries: Int64, checkpoint: String?, signedAt: Int64?, refusal: String?, keys: [LogKeyRecord],
        epochs: [LogEpochRecord], handovers: [String]? = nil
    ) {
        self.entries = entries
        self.checkpoint = checkpoint
        self.signedAt = signedAt
        self.refusal = refusal
        self.keys = keys
        self.epochs = epochs
        self.handovers = handovers
    }
}

/// A public key that the log is signed with.
public struct LogKeyRecord: Codable, Sendable, Equatable {
    /// The key with its name, as `<origin>+<id>+<base64>` (C2SP vkey).
    public var vkey: String
    /// From and until when it signs, in UTC milliseconds; without an end it still does.
    public var validFrom: Int64
    public var validUntil: Int64?

    /// Describes a key.
    public init(vkey: String, validFrom: Int64, validUntil: Int64?) {
        self.vkey = vkey
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}

/// A stretch of the log in which it only grew.
public struct LogEpochRecord: Codable, Sendable, Equatable {
    public var number: Int
    /// What its checkpoints begin with.
    public var origin: String
    /// UTC milliseconds.
    public var startedAt: Int64
    /// Who said that the log may go on: a principal's id, or `server` for the first one.
    public var startedBy: String
    /// The last checkpoint before it that was known then.
    public var previous: String?

    /// Describes an epoch.
    public init(number: Int, origin: String, startedAt: Int64, startedBy: String, previous: String?) {
        self.number = number
        self.origin = origin
        self.startedAt = startedAt
        self.startedBy = startedBy
        self.previous = previous
    }
}

/// Says that the log may go on from an older state than was signed.
public struct StartLogEpoch: Codable, Sendable, Equatable {
    /// Why, for whoever reads the log later.
    public var reason: String

    /// Describes the wish.
    public init(reason: String) { self.reason = reason }
}

/// Asks for a new key of the log.
public struct RotateLogKey: Codable, Sendable, Equatable {
    /// Whether the old key signs nothing any more, because somebody else may have it; false without it, and then both
    /// sign for seven days.
    public var immediately: Bool?

    /// Describes the wish.
    public init(immediately: Bool? = nil) { self.immediately = immediately }
}

/// That an entry stands in the tree of the first `size` entries (RFC 6962 §2.1.1).
public struct InclusionProof: Codable, Sendable, Equatable {
    public var entry: Int64
    public var size: Int64
    public var leaf: Digest
    public var root: Digest
    /// The leaf's sibling first.
    public var hashes: [Digest]

    /// Describes a proof.
    public init(entry: Int64, size: Int64, leaf: Digest, root: Digest, hashes: [Digest]) {
        self.entry = entry
        self.size = size
        self.leaf = leaf
        self.root = root
        self.hashes = hashes
    }
}

/// That a tree of `from` entries became one of `to` entries by adding some (RFC 6962 §2.1.2).
public struct ConsistencyProof: Codable, Sendable, Equatable {
    public var from: Int64
    public var to: Int64
    public var fromRoot: Digest
    public var toRoot: Digest
    public var hashes: [Digest]

    /// Describes a proof.
    public init(from: Int64, to: Int64, fromRoot: Digest, toRoot: Digest, hashes: [Digest]) {
        self.from = from
        self.to = to
        self.fromRoot = fromRoot
        self.toRoot = toRoot
        self.hashes = hashes
    }
}
