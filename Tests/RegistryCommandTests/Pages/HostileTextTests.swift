import Foundation
import RegistryCommand
import RegistryTypes
import Testing

/// No text in a verdict becomes anything but text on its page: MLflow's CVE-2024-27132 and its kin.
@Suite struct HostileTextTests {
    private static func payloads() throws -> [String] {
        try AttackCorpus.lines(AttackCorpus.htmlPayloads) + [
            "\u{0}<b>", "\u{1B}]8;;javascript:alert(1)\u{7}x\u{1B}]8;;\u{7}", "<\u{202E}tpircs>", "<scr\u{200B}ipt>",
            "<b>\n<i>",
        ]
    }

    /// A reproduction with everything in it that a page shows.
    private static func record() throws -> ReproductionRecord {
        let text = "w"
        var tensor = TensorEvidence(name: text, dtype: .float32, shape: [2], elements: 2, finding: .diverged)
        tensor.difference = TensorDifference(differing: 1, maxAbsolute: 0.25)
        var output = OutputEvidence(
            path: try ArtifactPath("w.npy"), role: .weights, format: text, verdict: .diverged,
            originalDigest: Digest.of(Data("a".utf8)), reproducedDigest: Digest.of(Data("b".utf8)))
        output.tensors = [tensor]
        output.detail = text
        let verdict = Verdict(
            kind: .retrain, verdict: .diverged, reason: text, explanation: text,
            conditions: .init(
                state: text, differs: [text], changes: [.init(fact: text, original: text, reproduced: text)]),
            flags: [text], outputs: [output],
            metrics: MetricEvidence.compare(
                original: [Metric(name: text, value: .nan)], reproduced: [Metric(name: text, value: 1)],
                tolerances: [:]), executor: text)
        return ReproductionRecord(
            id: RunID(at: 0), version: try VersionReference("a/m:1"), versionDigest: Digest.of(Data()), kind: .retrain,
            state: .done, requestedBy: PrincipalRecord(id: "p", kind: .person, name: text), createdAt: 0, startedAt: 0,
            endedAt: 0, variation: try Variation("threads=1"), verdict: verdict, worker: text,
            statement: Digest.of(Data("s".utf8)))
    }

    private static func decode(_ document: JSONValue) throws -> ReproductionRecord {
        try JSONDecoder().decode(ReproductionRecord.self, from: document.canonicalBytes())
    }

    /// The document with a text in the place of those at some paths.
    private static func setting(
        _ text: String, in value: JSONValue, at path: String = "", where isChosen: (String) -> Bool
    ) -> JSONValue {
        switch value {
        case .string: isChosen(path) ? .string(text) : value
        case .array(let elements):
            .array(elements.enumerated().map { setting(text, in: $1, at: "\(path)/\($0)", where: isChosen) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, member in
                        (name, setting(text, in: member, at: "\(path)/\(name)", where: isChosen))
                    }))
        default: value
        }
    }

    private static func paths(_ value: JSONValue, at path: String = "") -> [String] {
        switch value {
        case .string: [path]
        case .array(let elements): elements.enumerated().flatMap { paths($1, at: "\(path)/\($0)") }
        case .object(let members): members.flatMap { paths($1, at: "\(path)/\($0)") }
        default: []
        }
    }

    private static func tags(_ html: String) -> [String] { html.matches(of: /<[^>]*>/).map { String($0.0) } }

    /// What a browser shows between the tags.
    private static func shown(_ html: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(html) {
            $0.replacing($1.0, with: $1.1)
        }
    }

    /// Every place of a document that takes any text gets each payload, all at once.
    @Test func everyTextOfAVerdictStaysText() throws {
        let document = try JSONValue(encoding: Self.record())
        let paths = Self.paths(document)
        let payloads = try Self.payloads()
        #expect(payloads.count > 100)
        let harmless = try #require(VerdictHTML(Self.record())).text
        for payload in payloads {
            let free = Set(
                paths.filter { path in
                    (try? Self.decode(Self.setting(payload, in: document, where: { $0 == path }))) != nil
                })
            #expect(free.count > 15, "\(payload): \(free)")
            let record = try Self.decode(Self.setting(payload, in: document, where: free.contains))
            let page = try #require(VerdictHTML(record)).text
            #expect(Self.tags(page) == Self.tags(harmless), "\(payload)")
            let policy = try #require(page.range(of: "content=\"default-src 'none'; style-src 'unsafe-inline'\""))
            let title = try #require(page.range(of: "<title>"))
            #expect(policy.upperBound < title.lowerBound, "nothing from elsewhere stands before the policy")
            for scalar in page.unicodeScalars {
                #expect(
                    scalar == "\n" || !scalar.properties.isDefaultIgnorableCodePoint && scalar.value >= 0x20,
                    "\(payload)")
            }
            if payload.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !$0.properties.isDefaultIgnorableCodePoint }) {
                #expect(Self.shown(page).contains(payload), "\(payload) is shown as it is")
            }
        }
    }
}
