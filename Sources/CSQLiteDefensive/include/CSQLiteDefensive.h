#ifndef CSQLITE_DEFENSIVE_H
#define CSQLITE_DEFENSIVE_H

struct sqlite3;

/// Turns SQLITE_DBCONFIG_DEFENSIVE on for one connection and returns SQLite's
/// result code. sqlite3_db_config is variadic, which Swift cannot call.
int assay_sqlite3_set_defensive(void *connection);

#endif
