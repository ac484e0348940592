import Foundation

/// The devices of graphics processors that a sandbox is given if its recipe asks for some.
enum GraphicsDevices {
    /// The devices of NVIDIA and AMD processors that are here.
    static var paths: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
        return names.sorted().filter { $0.hasPrefix("nvidia") || $0 == "kfd" || $0 == "dri" }.map { "/dev/" + $0 }
    }
}
