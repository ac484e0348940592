import Registry

/// The numbers of `/metrics`, in Prometheus' text format 0.0.4.
struct MetricsPage {
    let counters: [RequestCounters.Key: RequestCounters.Sum]
    let gauges: RegistryGauges

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
        lines += gauge("assay_blobs", "Blobs in the store.", gauges.blobs)
        lines += gauge("assay_blob_bytes", "Bytes in the store.", gauges.blobBytes)
        lines += gauge("assay_store_degraded", "1 if the store only answers reads.", gauges.isDegraded ? 1 : 0)
        lines += gauge("assay_blobs_doubted", "Blobs not served for their bytes.", Int64(gauges.doubtedBlobs))
        lines += gauge("assay_disk_free_bytes", "Bytes that the disk still takes.", gauges.freeBytes)
        lines += gauge("assay_versions", "Versions of models and datasets.", gauges.versions)
        lines += gauge("assay_audit_entries", "Entries of the audit log.", gauges.auditEntries)
        lines += ["# HELP assay_reproductions Reproductions by state.", "# TYPE assay_reproductions gauge"]
        for (state, count) in gauges.reproductions.sorted(by: { $0.key < $1.key }) {
            lines.append("assay_reproductions{state=\"\(state)\"} \(count)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func gauge(_ name: String, _ help: String, _ value: Int64) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) gauge", "\(name) \(value)"]
    }
}
