#include "CSQLiteDefensive.h"
#include <sqlite3.h>

int assay_sqlite3_set_defensive(void *connection) {
    int on = 0;
    int code = sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    return code != SQLITE_OK ? code : (on == 1 ? SQLITE_OK : SQLITE_ERROR);
}
