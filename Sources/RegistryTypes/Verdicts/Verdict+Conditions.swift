extension Verdict {
    /// Whether the reproduction ran under the conditions of the original.
    public struct Conditions: Hashable, Sendable, Codable {
        /// The most differences that are listed.
        public static let longestChanges = 200

        /// A fact that differs, with what it was on each side; nil where a side lacks it.
        public struct Change: Hashable, Sendable, Codable {
            /// `cpu.model`, `package.numpy`, …
            public var fact: String
            public var original: String?
            public var reproduced: String?

            /// Describes a difference.
            public init(fact: String, original: String?, reproduced: String?) {
                self.fact = fact
                self.original = original
                self.reproduced = reproduced
            }
        }

        /// `same`, `differs`, or `unknown` where the original's facts were not captured.
        public var state: String
        /// What kinds of conditions differ: `cpu-flags`, `packages`, `kernel`, …
        public var differs: [String]
        /// Each fact that differs, at most `longestChanges`; nil if none does.
        public var changes: [Change]?
        /// How many further facts differ; nil if all are listed.
        public var changesOmitted: Int?

        /// Compares nothing: takes what was found.
        public init(state: String, differs: [String] = [], changes: [Change]? = nil, changesOmitted: Int? = nil) {
            self.state = state
            self.differs = differs
            self.changes = changes
            self.changesOmitted = changesOmitted
        }
    }
}
