/// HTML that is put together from text; every text is escaped where it enters.
struct HTMLText {
    private(set) var html = ""

    /// What stands between two tags or in a quoted attribute: no character of it means anything.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in PlainText.clean(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // The colours of a terminal mean nothing here.
            case "\u{1B}": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Adds an element with text in it.
    mutating func add(_ element: StaticString, _ text: String, class name: StaticString? = nil) {
        let attribute = name.map { " class=\"\($0)\"" } ?? ""
        html += "<\(element)\(attribute)>\(Self.escape(text))</\(element)>\n"
    }

    /// Adds a table; nothing without rows.
    mutating func table(_ columns: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        html += "<table>\n<tr>" + columns.map { "<th>\(Self.escape($0))</th>" }.joined() + "</tr>\n"
        for row in rows {
            html += "<tr>" + row.map { "<td>\(Self.escape($0))</td>" }.joined() + "</tr>\n"
        }
        html += "</table>\n"
    }

    /// The whole page: one file that asks for nothing and runs nothing.
    func page(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escape(title))</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #1a1a1a; }
        table { border-collapse: collapse; margin: 0.5em 0 1.5em; display: block; overflow-x: auto; }
        th, td { text-align: left; padding: 0.25em 1em 0.25em 0; border-bottom: 1px solid #ddd; vertical-align: top; }
        td, pre { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; }
        pre { background: #f4f4f4; padding: 1em; overflow-x: auto; }
        .good { color: #12672f; } .doubtful { color: #7a5200; } .bad { color: #a11212; }
        .good, .doubtful, .bad { font-size: 1.6em; font-weight: 600; margin: 0.3em 0; }
        </style>
        </head>
        <body>
        \(html)</body>
        </html>

        """
    }
}
