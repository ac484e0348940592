import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// What SQLite's failures mean (invariants I4 and I5).
@Suite struct DatabaseFaultTests {
    static let faults: [(ResultCode, Bool, ErrorCode, Bool)] = [
        (.SQLITE_FULL, false, .storageFull, false), (.SQLITE_IOERR_WRITE, true, .storageFull, false),
        (.SQLITE_IOERR_WRITE, false, .storeDegraded, true),
        (.SQLITE_IOERR_FSYNC, false, .storeDegraded, true), (.SQLITE_IOERR_READ, false, .storeDegraded, true),
        (.SQLITE_READONLY, false, .storeDegraded, true), (.SQLITE_CANTOPEN, false, .storeDegraded, true),
        (.SQLITE_BUSY, false, .busy, false), (.SQLITE_BUSY_SNAPSHOT, false, .busy, false),
        (.SQLITE_LOCKED, false, .busy, false),
        (.SQLITE_NOMEM, false, .busy, false), (.SQLITE_CORRUPT, false, .databaseCorrupt, true),
        (.SQLITE_NOTADB, false, .databaseCorrupt, true),
    ]

    @Test(arguments: faults)
    func eachHasItsCode(_ row: (ResultCode, Bool, ErrorCode, Bool)) {
        let health = StoreHealth()
        let error = DatabaseFault(DatabaseError(resultCode: row.0), isDiskFull: row.1).error(marking: health)
        #expect((error as? RegistryError)?.code == row.2)
        #expect((health.fault != nil) == row.3)
    }

    /// SQLite says the same of a folder that cannot be read and of a process without descriptors.
    @Test func aLackOfDescriptorsIsNoFaultOfTheDisk() {
        let health = StoreHealth()
        let failure = DatabaseError(resultCode: .SQLITE_CANTOPEN)
        let error = DatabaseFault(failure, isLacking: true).error(marking: health)
        #expect((error as? RegistryError)?.code == .busy && health.fault == nil)
        #expect(!StoreHealth.isLacking(in: "/tmp") && !StoreHealth.isLacking(in: "/no-such-folder"))
    }

    @Test func aMistakeOfThisProgramStaysOne() {
        let health = StoreHealth()
        let error = DatabaseFault(DatabaseError(resultCode: .SQLITE_CONSTRAINT)).error(marking: health)
        #expect(error is DatabaseError && health.fault == nil)
    }

    @Test func theFirstFaultStaysAndIsToldOnce() {
        let health = StoreHealth()
        let told = Told()
        health.observe { told.add($0) }
        health.degrade(RegistryError(.storeDegraded, "first"))
        health.degrade(RegistryError(.databaseCorrupt, "second"))
        #expect(health.fault?.message == "first" && told.messages == ["first"])
        health.observe { told.add($0) }
        #expect(told.messages == ["first", "first"], "whoever asks later is told too")
    }
}
