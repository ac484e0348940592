import Registry

/// The numbers of `/metrics`, in Prometheus' text format 0.0.4.
struct MetricsPage {
    let counters: [RequestCounters.Key: RequestCounters.Sum]
    let gauges: RegistryGauges
    let integrity: IntegrityGauges

    /// The page.
    var text: String {
        var lines = [
            "# HELP assay_http_requests_total Requests answered.", "# TYPE assay_http_requests_total counter",
        ]
        let sorted = counters.sorted { $0.key < $1.key }
        for (key, sum) in sorted {
            lines.append("assay_http_requests_total{method=\"\(key.method)\",status=\"\(key.status)\"} \(sum.count)")
        }
        lines += [
            "# HELP assay_http_request_seconds_total Time to the head of the answer.",
            "# TYPE assay_http_request_seconds_total counter",
        ]
        for (key, sum) in sorted {
            lines.append(
                "assay_http_request_seconds_total{method=\"\(key.method)\",status=\"\(key.status)\"} \(sum.seconds)")
        }
        lines += Self.gauge("assay_blobs", "Blobs in the store.", gauges.blobs)
        lines += Self.gauge("assay_blob_bytes", "Bytes in the store.", gauges.blobBytes)
        lines += Self.gauge("assay_versions", "Versions of models and datasets.", gauges.versions)
        lines += Self.gauge("assay_audit_entries", "Entries of the audit log.", gauges.auditEntries)
        lines += ["# HELP assay_reproductions Reproductions by state.", "# TYPE assay_reproductions gauge"]
        for (state, count) in gauges.reproductions.sorted(by: { $0.key < $1.key }) {
            lines.append("assay_reproductions{state=\"\(state)\"} \(count)")
        }
        lines += Self.lines(integrity)
        return lines.joined(separator: "\n") + "\n"
    }

    static func gauge(_ name: String, _ help: String, _ value: Int64) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) gauge", "\(name) \(value)"]
    }
}
