/// How an operation is tried: a request that works for whoever has the right.
struct Trial: Sendable {
    /// What follows the method: with names of things that exist in the place of parameters.
    var path: String
    var body: String?
    /// Whether it lists what the caller may see, so that nobody is refused and who may see nothing gets nothing.
    var isFiltered = false
    /// Whether what it is about can belong to one principal, or be gone after the first who had the right.
    var mayBeMissing = false

    init(_ path: String, body: String? = nil, isFiltered: Bool = false, mayBeMissing: Bool = false) {
        self.path = path
        self.body = body
        self.isFiltered = isFiltered
        self.mayBeMissing = mayBeMissing
    }

    /// A run that was told of after it had ended.
    private static let run = #"{"kind":"import","state":"finished","metrics":[],"facts":{}}"#

    /// The operations below `/api/v1` by what `Operation` calls them. A word in capitals stands for the id or digest of
    /// something that the test made.
    static let all: [String: Trial] = [
        "GET whoami": Trial("whoami"),
        "GET namespaces": Trial("namespaces", isFiltered: true),
        "POST namespaces": Trial("namespaces", body: #"{"name":"another"}"#),
        "GET namespaces/{namespace}/members": Trial("namespaces/demo/members"),
        "PUT namespaces/{namespace}/members/{principal}": Trial(
            "namespaces/demo/members/demo%20reader", body: #"{"roles":["reader"]}"#),
        "POST principals/{principal}/erase": Trial("principals/forgotten/erase", mayBeMissing: true),
        "GET tokens": Trial("tokens", isFiltered: true),
        "POST tokens": Trial("tokens", body: #"{"principal":"UNIQUE","roles":[],"namespace":"demo"}"#),
        "DELETE tokens/{id}": Trial("tokens/SPARE"),
        "GET identity-providers": Trial("identity-providers"),
        "POST identity-providers": Trial(
            "identity-providers",
            body:
                #"{"name":"UNIQUE","kind":"other","issuer":"UNIQUE","audience":"a","keysURL":"https://keys.example.org"}"#
        ),
        "PUT identity-providers/{provider}/keys": Trial(
            "identity-providers/given/keys", body: #"{"keys":KEYS}"#),
        "DELETE identity-providers/{provider}": Trial("identity-providers/leaving", mayBeMissing: true),
        "GET identity-rules": Trial("identity-rules"),
        "POST identity-rules": Trial(
            "identity-rules",
            body:
                #"{"name":"UNIQUE","provider":"given","claims":{"sub":"UNIQUE"},"principal":"UNIQUE","scopes":[{"role":"reader","namespace":"demo"}]}"#
        ),
        "DELETE identity-rules/{rule}": Trial("identity-rules/leaving", mayBeMissing: true),

        "GET certificate-names": Trial("certificate-names"),
        "POST certificate-names": Trial(
            "certificate-names", body: #"{"name":"URI:spiffe://UNIQUE","principal":"spare"}"#),
        "DELETE certificate-names/{certificate}": Trial("certificate-names/DNS%3Aleaving", mayBeMissing: true),

        "HEAD namespaces/{namespace}/blobs/{digest}": Trial("namespaces/demo/blobs/BLOB"),
        "GET namespaces/{namespace}/blobs/{digest}": Trial("namespaces/demo/blobs/BLOB"),
        "PUT namespaces/{namespace}/blobs/{digest}": Trial("namespaces/demo/blobs/BLOB", body: "weights"),
        "POST namespaces/{namespace}/uploads": Trial(
            "namespaces/demo/uploads", body: #"{"sha256":"BLOB","size":7}"#),
        "GET namespaces/{namespace}/uploads/{id}": Trial("namespaces/demo/uploads/UPLOAD", mayBeMissing: true),
        "PUT namespaces/{namespace}/uploads/{id}": Trial(
            "namespaces/demo/uploads/UPLOAD", body: "wei", mayBeMissing: true),
        "POST namespaces/{namespace}/uploads/{id}/complete": Trial(
            "namespaces/demo/uploads/UPLOAD/complete", mayBeMissing: true),
        "DELETE namespaces/{namespace}/uploads/{id}": Trial("namespaces/demo/uploads/UPLOAD", mayBeMissing: true),

        "GET models": Trial("models", isFiltered: true),
        "GET models/{namespace}/{name}": Trial("models/demo/house"),
        "GET models/{namespace}/{name}/versions": Trial("models/demo/house/versions"),
        "POST models/{namespace}/{name}/versions": Trial(
            "models/demo/house/versions", body: #"{"files":[FILE],"run":\#(run)}"#),
        "GET models/{namespace}/{name}/versions/{selector}": Trial("models/demo/house/versions/1"),
        // Kept by its alias, also from who may.
        "DELETE models/{namespace}/{name}/versions/{selector}": Trial("models/demo/house/versions/1"),
        "POST models/{namespace}/{name}/versions/{selector}/holds": Trial(
            "models/demo/house/versions/1/holds", body: #"{"reason":"x"}"#),
        "GET models/{namespace}/{name}/versions/{selector}/files/{path}": Trial(
            "models/demo/house/versions/1/files/w.bin"),
        "HEAD models/{namespace}/{name}/versions/{selector}/files/{path}": Trial(
            "models/demo/house/versions/1/files/w.bin"),
        "GET models/{namespace}/{name}/versions/{selector}/SHA256SUMS": Trial(
            "models/demo/house/versions/1/SHA256SUMS"),
        "GET models/{namespace}/{name}/aliases": Trial("models/demo/house/aliases"),
        "PUT models/{namespace}/{name}/aliases/{alias}": Trial(
            "models/demo/house/aliases/UNIQUE", body: #"{"version":1}"#),
        "DELETE models/{namespace}/{name}/aliases/{alias}": Trial(
            "models/demo/house/aliases/leaving", mayBeMissing: true),
        "GET models/{namespace}/{name}/aliases/{alias}/history": Trial("models/demo/house/aliases/staging/history"),
        "POST models/{namespace}/{name}/versions/{selector}/decisions": Trial(
            "models/demo/house/versions/1/decisions", body: #"{"decision":"reject","digest":"DIGEST"}"#),
        "POST models/{namespace}/{name}/versions/{selector}/reproductions": Trial(
            "models/demo/house/versions/1/reproductions", body: #"{"kind":"retrain"}"#),
        "GET models/{namespace}/{name}/versions/{selector}/reproductions": Trial(
            "models/demo/house/versions/1/reproductions"),
        "POST models/{namespace}/{name}/versions/{selector}/reproductions/local": Trial(
            "models/demo/house/versions/1/reproductions/local", body: #"{"kind":"retrain"}"#),
        "POST models/{namespace}/{name}/versions/{selector}/variations": Trial(
            "models/demo/trained/versions/1/variations", body: #"{"kind":"retrain"}"#),
        "GET models/{namespace}/{name}/versions/{selector}/reproducibility": Trial(
            "models/demo/house/versions/1/reproducibility"),
        "GET models/{namespace}/{name}/versions/{selector}/provenance": Trial(
            "models/demo/trained/versions/1/provenance"),

        "POST models/{namespace}/{name}/versions/{selector}/approval-requests": Trial(
            "models/demo/house/versions/1/approval-requests", body: "{}"),
        "GET approval-requests": Trial("approval-requests", isFiltered: true),
        "POST models/{namespace}/{name}/versions/{selector}/overrides": Trial(
            "models/demo/house/versions/1/overrides", body: #"{"reason":"nothing else works","hours":1}"#),
        "POST overrides/{id}/confirm": Trial("overrides/OVERRIDE/confirm"),
        "GET models/{namespace}/{name}/versions/{selector}/policy": Trial("models/demo/house/versions/1/policy"),
        "POST models/{namespace}/{name}/versions/{selector}/policy": Trial(
            "models/demo/house/versions/1/policy", body: "{}"),
        "GET policy-decisions/{digest}": Trial("policy-decisions/DECISION"),
        "POST models/{namespace}/{name}/aliases/{alias}/rollback": Trial(
            "models/demo/house/aliases/staging/rollback", mayBeMissing: true),
        "GET models/{namespace}/{name}/versions/{selector}/tlog-proof": Trial(
            "models/demo/house/versions/1/tlog-proof"),

        "GET datasets": Trial("datasets", isFiltered: true),
        "GET datasets/{namespace}/{name}": Trial("datasets/demo/data"),
        "GET datasets/{namespace}/{name}/versions": Trial("datasets/demo/data/versions"),
        "POST datasets/{namespace}/{name}/versions": Trial(
            "datasets/demo/data/versions", body: #"{"files":[FILE]}"#),
        "GET datasets/{namespace}/{name}/versions/{selector}": Trial("datasets/demo/data/versions/1"),
        "DELETE datasets/{namespace}/{name}/versions/{selector}": Trial(
            "datasets/demo/leaving/versions/1", mayBeMissing: true),
        "POST datasets/{namespace}/{name}/versions/{selector}/holds": Trial(
            "datasets/demo/data/versions/1/holds", body: #"{"reason":"x"}"#),
        "GET datasets/{namespace}/{name}/versions/{selector}/files/{path}": Trial(
            "datasets/demo/data/versions/1/files/w.bin"),
        "HEAD datasets/{namespace}/{name}/versions/{selector}/files/{path}": Trial(
            "datasets/demo/data/versions/1/files/w.bin"),
        "GET datasets/{namespace}/{name}/versions/{selector}/SHA256SUMS": Trial(
            "datasets/demo/data/versions/1/SHA256SUMS"),
        "GET datasets/{namespace}/{name}/aliases": Trial("datasets/demo/data/aliases"),
        "PUT datasets/{namespace}/{name}/aliases/{alias}": Trial(
            "datasets/demo/data/aliases/UNIQUE", body: #"{"version":1}"#),
        "DELETE datasets/{namespace}/{name}/aliases/{alias}": Trial(
            "datasets/demo/data/aliases/leaving", mayBeMissing: true),
        "GET datasets/{namespace}/{name}/aliases/{alias}/history": Trial("datasets/demo/data/aliases/staging/history"),
        "POST datasets/{namespace}/{name}/versions/{selector}/reproductions": Trial(
            "datasets/demo/data/versions/1/reproductions", body: #"{"kind":"retrain"}"#),
        "GET datasets/{namespace}/{name}/versions/{selector}/reproductions": Trial(
            "datasets/demo/data/versions/1/reproductions"),
        "POST datasets/{namespace}/{name}/versions/{selector}/reproductions/local": Trial(
            "datasets/demo/data/versions/1/reproductions/local", body: #"{"kind":"retrain"}"#),
        "POST datasets/{namespace}/{name}/versions/{selector}/variations": Trial(
            "datasets/demo/data/versions/1/variations", body: #"{"kind":"retrain"}"#),
        "GET datasets/{namespace}/{name}/versions/{selector}/reproducibility": Trial(
            "datasets/demo/data/versions/1/reproducibility"),

        "POST datasets/{namespace}/{name}/aliases/{alias}/rollback": Trial(
            "datasets/demo/data/aliases/staging/rollback", mayBeMissing: true),
        "GET datasets/{namespace}/{name}/versions/{selector}/tlog-proof": Trial(
            "datasets/demo/data/versions/1/tlog-proof"),

        "GET diff": Trial("diff?left=model:demo/trained:1&right=model:demo/trained:1"),
        "GET reproductions/{id}": Trial("reproductions/REPRODUCTION"),
        "GET reproductions/{id}/log": Trial("reproductions/REPRODUCTION/log", mayBeMissing: true),
        "POST reproductions/{id}/cancel": Trial("reproductions/REPRODUCTION/cancel"),
        "GET reproductions/{id}/statement": Trial("reproductions/REPRODUCTION/statement", mayBeMissing: true),
        "GET reproductions/{id}/report": Trial("reproductions/REPRODUCTION/report", mayBeMissing: true),
        "POST namespaces/{namespace}/runs": Trial(
            "namespaces/demo/runs", body: #"{"run":{"kind":"import","state":"failed","metrics":[],"facts":{}}}"#),
        "GET runs/{id}": Trial("runs/RUN"),
        "GET lineage": Trial("lineage?ref=model:demo/house:1"),
        "GET search": Trial("search?q=house", isFiltered: true),
        "GET events": Trial("events", isFiltered: true),
        "GET webhooks": Trial("webhooks", isFiltered: true),
        "POST webhooks": Trial(
            "webhooks", body: #"{"url":"https://1.1.1.1/hook","namespace":"demo","events":["alias.*"]}"#),
        "GET webhooks/{id}": Trial("webhooks/HOOK"),
        "PUT webhooks/{id}": Trial("webhooks/HOOK", body: #"{"isPaused":true}"#),
        "POST webhooks/{id}/secret": Trial("webhooks/HOOK/secret"),
        "POST webhooks/{id}/test": Trial("webhooks/HOOK/test"),
        "POST webhooks/{id}/replay": Trial("webhooks/HOOK/replay", body: #"{"after":0}"#),
        "GET webhooks/{id}/deliveries": Trial("webhooks/HOOK/deliveries"),
        "DELETE webhooks/{id}": Trial("webhooks/PARTING", mayBeMissing: true),
        "GET audit": Trial("audit?namespace=demo"),
        "GET audit/status": Trial("audit/status"),
        "GET audit/checkpoint": Trial("audit/checkpoint"),
        "GET audit/tile/{path}": Trial("audit/tile/0/000.p/1"),
        "GET audit/proofs/inclusion": Trial("audit/proofs/inclusion?entry=0"),
        "GET audit/proofs/consistency": Trial("audit/proofs/consistency?from=1"),
        "POST audit/epochs": Trial("audit/epochs", body: #"{"reason":"restored"}"#),
        "POST audit/keys/rotate": Trial("audit/keys/rotate", body: "{}"),
        "GET namespaces/{namespace}/policies": Trial("namespaces/demo/policies"),
        "PUT namespaces/{namespace}/policies": Trial("namespaces/demo/policies", body: "{}"),
        "GET namespaces/{namespace}/policies/history": Trial("namespaces/demo/policies/history"),
        "GET namespaces/{namespace}/schedules": Trial("namespaces/demo/schedules"),
        "PUT namespaces/{namespace}/schedules": Trial("namespaces/demo/schedules", body: #"{"everyHours":24}"#),
        "GET namespaces/{namespace}/retention": Trial("namespaces/demo/retention"),
        "PUT namespaces/{namespace}/retention": Trial(
            "namespaces/demo/retention", body: #"{"rule":{"keepLast":9}}"#),
        "POST namespaces/{namespace}/retention/test": Trial(
            "namespaces/demo/retention/test", body: #"{"rule":{"keepDays":9}}"#),
        "GET namespaces/{namespace}/holds": Trial("namespaces/demo/holds"),
        "POST holds/{id}/lift": Trial("holds/HOLD/lift"),
        "GET namespaces/{namespace}/workers": Trial("namespaces/demo/workers?gpus=1"),

        "POST fsck": Trial("fsck", body: "{}"),
        "GET fsck/{id}": Trial("fsck/FSCK"),
        "POST backups": Trial("backups", body: "{}"),
        "GET backups": Trial("backups"),
        "GET backups/{id}": Trial("backups/BACKUP"),
        "GET scrub": Trial("scrub"),
        "POST signing-keys/rotate": Trial("signing-keys/rotate"),
        "POST garbage-collections": Trial("garbage-collections", body: #"{"dryRun":true}"#),
        "GET workers": Trial("workers"),
        "POST workers": Trial("workers", body: #"{"name":"UNIQUE"}"#),
        "DELETE workers/{worker}": Trial("workers/departing", mayBeMissing: true),

        "POST jobs/claim": Trial("jobs/claim", body: #"{"labels":{"none":"none"},"waitSeconds":0}"#),
        "GET jobs/{id}": Trial("jobs/JOB"),
        "POST jobs/{id}/heartbeat": Trial("jobs/JOB/heartbeat", body: #"{"phase":"running"}"#),
        "GET jobs/{id}/blobs/{digest}": Trial("jobs/JOB/blobs/SOURCE"),
        "HEAD jobs/{id}/blobs/{digest}": Trial("jobs/JOB/blobs/SOURCE"),
        "PUT jobs/{id}/blobs/{digest}": Trial("jobs/JOB/blobs/BLOB", body: "weights"),
        "POST jobs/{id}/log": Trial("jobs/JOB/log", body: "one line"),
        "POST jobs/{id}/result": Trial(
            "jobs/ENDING/result", body: #"{"outputs":[],"facts":{},"failure":"exit-code"}"#),
        "POST jobs/{id}/return": Trial("jobs/RETURNED/return", body: #"{"wasStopped":false}"#),
    ]
}
