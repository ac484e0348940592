import Foundation

/// Bytes that are no JSON document, and documents that no operation takes, made of one that it does.
enum HostileDocuments {
    /// Each with what is wrong with it.
    static func all(of document: Data) -> [(name: String, body: Data)] {
        let text = String(decoding: document, as: UTF8.self)
        let first = text.firstMatch(of: /"[^"]+":/).map { String($0.0) } ?? "\"a\":"
        let added = { (member: String) in text == "{}" ? "{\(member)}" : "{\(member),\(text.dropFirst())" }
        let texts: [(String, String)] = [
            ("nothing", ""), ("white space", " \n\t"), ("a cut", String(text.dropLast())), ("twice", text + text),
            ("a byte behind", text + "x"), ("a brace behind", text + "}"), ("a zero behind", text + "\0"),
            ("a mark of byte order", "\u{FEFF}" + text), ("two of a name", added("\(first)1,\(first)2")),
            ("two of a name, one escaped", added(#""a":1,"\u0061":2"#)), ("a comma too many", text.dropLast() + ",}"),
            ("a comment", "/* */" + text), ("another comment", text + "// x"), ("single quotes", "{'a':1}"),
            ("no quotes", "{a:1}"), ("NaN", added(#""a":NaN"#)), ("Infinity", added(#""a":Infinity"#)),
            ("-Infinity", added(#""a":-Infinity"#)), ("a number beyond doubles", added(#""a":1e999"#)),
            ("a leading zero", added(#""a":01"#)), ("no fraction", added(#""a":1."#)), ("no whole", added(#""a":.5"#)),
            ("a plus", added(#""a":+1"#)), ("no exponent", added(#""a":1e"#)), ("a minus", added(#""a":-"#)),
            ("hexadecimal", added(#""a":0x1"#)), ("undefined", added(#""a":undefined"#)),
            ("a word", added(#""a":nul"#)),
            ("True", added(#""a":True"#)), ("half a surrogate", added(#""\ud800":1"#)),
            ("surrogates in the wrong order", added(#""\udc00\ud800":1"#)), ("a wrong escape", added(#""\x41":1"#)),
            ("a line break in a text", added("\"a\nb\":1")), ("a zero in a text", added("\"a\0b\":1")),
            ("a text without end", #"{"a":"#), ("null", "null"), ("true", "true"), ("a number", "1"),
            ("a text", "\"x\""),
            ("a list", "[]"), ("the document in a list", "[\(text)]"), ("33 levels", nested(33)),
            ("100,000 levels", nested(100_000)), ("100,000 openings", String(repeating: "[", count: 100_000)),
            ("100,000 objects", String(repeating: #"{"a":"#, count: 100_000)),
            ("10,000 members", "{\((0..<10_000).map { "\"k\($0)\":\($0)" }.joined(separator: ","))}"),
            ("a name of 100,000 letters", added("\"\(String(repeating: "a", count: 100_000))\":1")),
            ("a form", "a=1&b=2"), ("XML", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
            ("YAML", "a: &a [x]\nb: [*a, *a]\n"),
        ]
        let bytes: [(String, Data)] = [
            ("no UTF-8", Data("{\"".utf8) + [0xFF] + Data("\":1}".utf8)),
            ("an overlong slash", Data("{\"".utf8) + [0xC0, 0xAF] + Data("\":1}".utf8)),
            ("a surrogate in UTF-8", Data("{\"".utf8) + [0xED, 0xA0, 0x80] + Data("\":1}".utf8)),
            ("UTF-16", text.data(using: .utf16LittleEndian) ?? Data()), ("gzip", Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0])),
        ]
        return texts.map { ($0, Data($1.utf8)) } + bytes
    }

    /// Lists in one another.
    static func nested(_ levels: Int) -> String {
        String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }

    /// The document with a member more, whose value makes it so many levels deep.
    static func deep(_ levels: Int, _ document: Data) -> Data {
        let rest = String(decoding: document, as: UTF8.self).dropFirst()
        return Data("{\"deep\":\(nested(levels - 1))\(rest == "}" ? "" : ",")\(rest)".utf8)
    }
}
