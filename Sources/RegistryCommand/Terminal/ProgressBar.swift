/// One line that shows how much of some bytes has been transferred.
package enum ProgressBar {
    /// The line: `weights.npz [####------]  40%  1.2 MiB of 3.0 MiB`, at most `width` characters.
    package static func line(label: String, done: Int64, total: Int64, width: Int = 79) -> String {
        let done = min(max(done, 0), total)
        let fraction = total > 0 ? Double(done) / Double(total) : 1
        let percent = "\(Int(fraction * 100))%"
        let amounts = "\(Wording.bytes(done)) of \(Wording.bytes(total))"
        let name = String(label.prefix(28))
        let room = width - name.count - amounts.count - 11
        guard room >= 10 else {
            return String("\(name) \(percent)".prefix(width))
        }
        let cells = min(room, 30)
        let full = Int(fraction * Double(cells))
        let bar = String(repeating: "#", count: full) + String(repeating: "-", count: cells - full)
        return "\(name) [\(bar)] \(String(repeating: " ", count: 4 - percent.count))\(percent)  \(amounts)"
    }
}
