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
        lines += Self.gauge("assay_store_degraded", "1 if the store only answers reads.", gauges.isDegraded ? 1 : 0)
        lines += Self.gauge("assay_blobs_doubted", "Blobs not served for their bytes.", Int64(gauges.doubtedBlobs))
        lines += Self.gauge("assay_disk_free_bytes", "Bytes that the disk still takes.", gauges.freeBytes)
        lines += Self.gauge("assay_versions", "Versions of models and datasets.", gauges.versions)
        lines += Self.gauge("assay_audit_entries", "Entries of the audit log.", gauges.auditEntries)
        lines += ["# HELP assay_reproductions Reproductions by state.", "# TYPE assay_reproductions gauge"]
        for (state, count) in gauges.reproductions.sorted(by: { $0.key < $1.key }) {
            lines.append("assay_reproductions{state=\"\(state)\"} \(count)")
        }
        return (lines + retention + Self.lines(integrity)).joined(separator: "\n") + "\n"
    }

    /// What goes and what is kept from going.
    private var retention: [String] {
        var lines = Self.gauge("assay_removed_versions", "Versions that were removed.", gauges.removedVersions)
        lines += Self.gauge("assay_holds", "Legal holds in force.", gauges.holds)
        lines += Self.gauge("assay_condemned_blobs", "Blobs that the next collection deletes.", gauges.condemnedBlobs)
        lines += counter("assay_collections_total", "Collections of garbage.", gauges.collections)
        lines += counter("assay_collected_blobs_total", "Blobs that collections deleted.", gauges.sweptBlobs)
        lines += counter("assay_collected_bytes_total", "Bytes that collections deleted.", gauges.sweptBytes)
        return lines
            + Self.gauge(
                "assay_last_collection_seconds", "When the last collection ended, in Unix time; 0 without one.",
                gauges.lastCollection / 1000)
    }

    private func counter(_ name: String, _ help: String, _ value: Int64) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) counter", "\(name) \(value)"]
    }

    static func gauge(_ name: String, _ help: String, _ value: Int64) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) gauge", "\(name) \(value)"]
    }
}
