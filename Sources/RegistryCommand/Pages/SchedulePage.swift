import RegistryTypes

/// What `assay schedule` prints.
enum SchedulePage {
    /// Prints schedules.
    static func print(_ schedules: [ScheduleRecord], _ global: GlobalOptions) throws {
        if global.json { return try global.console.print(json: Page(items: schedules)) }
        guard !schedules.isEmpty else {
            return global.console.print("no schedule: nothing is verified again by itself")
        }
        var table = TextTable(["FOR", "EVERY", "KIND", "SINCE", "BY"])
        for record in schedules {
            table.add([
                record.model.map { "\(record.namespace)/\($0)" } ?? "\(record.namespace), all models",
                interval(record.everyHours),
                record.kind.rawValue, Wording.time(record.setAt), record.setBy.name,
            ])
        }
        global.console.print(table.text)
    }

    private static func interval(_ hours: Int) -> String {
        hours % 24 == 0 ? "\(hours / 24)d" : "\(hours)h"
    }
}
