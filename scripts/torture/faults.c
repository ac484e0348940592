// Loaded before the C library by the harness: makes writes below a folder fail, or syncs do nothing.
//
//   ASSAY_FAULT_UNDER   only files below this folder are touched
//   ASSAY_FAULT_AT      the call with this number fails, once
//   ASSAY_FAULT_FROM    the call with this number and all after it fail
//   ASSAY_FAULT_ERRNO   with this errno
//   ASSAY_FAULT_LACK    while this file is there, no file below the folder can be opened: descriptors are lacking
//   ASSAY_FAULT_LOSE    "wal": syncs of the write-ahead log do nothing, as with synchronous=NORMAL;
//                       "blobs": syncs of uploads do nothing, as in a store that does not sync
//
// Counted are the calls that make bytes or names durable: open with O_CREAT, write, pwrite, ftruncate, fallocate,
// rename, unlink, fsync, fdatasync.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static const char *under, *lose, *lack;
static long at, from;
static int number;

__attribute__((constructor)) static void prepare(void) {
    under = getenv("ASSAY_FAULT_UNDER");
    lose = getenv("ASSAY_FAULT_LOSE");
    lack = getenv("ASSAY_FAULT_LACK");
    at = getenv("ASSAY_FAULT_AT") ? atol(getenv("ASSAY_FAULT_AT")) : 0;
    from = getenv("ASSAY_FAULT_FROM") ? atol(getenv("ASSAY_FAULT_FROM")) : 0;
    number = getenv("ASSAY_FAULT_ERRNO") ? atoi(getenv("ASSAY_FAULT_ERRNO")) : EIO;
}

static int is_ours(const char *path) { return under && path && strncmp(path, under, strlen(under)) == 0; }

// Says which call fails, in one write: several threads speak.
static int fails(const char *what, const char *path) {
    if (!is_ours(path) || (!at && !from)) return 0;
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (call != at && (!from || call < from)) return 0;
    char line[4600];
    int length = snprintf(line, sizeof line, "fault %ld: %s %s\n", call, what, path);
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    real(2, line, length);
    errno = number;
    return 1;
}

static const char *path_of(int descriptor, char *buffer, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    int saved = errno;
    ssize_t length = readlink(link, buffer, size - 1);
    errno = saved;
    if (length < 0) return NULL;
    buffer[length] = 0;
    return buffer;
}

static int fails_on(const char *what, int descriptor) {
    char buffer[4200];
    return (at || from) && fails(what, path_of(descriptor, buffer, sizeof buffer));
}

static int is_lost(int descriptor) {
    if (!lose) return 0;
    char buffer[4200];
    const char *path = path_of(descriptor, buffer, sizeof buffer);
    if (!is_ours(path)) return 0;
    return strstr(path, strcmp(lose, "wal") == 0 ? "-wal" : "/uploads/") != NULL;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; }

#define OPEN(name)                                                                \
    int name(const char *path, int flags, ...) {                                  \
        va_list list;                                                             \
        va_start(list, flags);                                                    \
        mode_t mode = mode_of(flags, list);                                       \
        va_end(list);                                                             \
        if ((flags & O_CREAT) && fails("open", path)) return -1;                  \
        if (lack && is_ours(path) && access(lack, F_OK) == 0) {                   \
            errno = EMFILE;                                                       \
            return -1;                                                            \
        }                                                                         \
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    return fails_on("write", descriptor) ? -1 : REAL(write)(descriptor, bytes, count);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return fails_on("pwrite", descriptor) ? -1 : REAL(pwrite)(descriptor, bytes, count, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return fails_on("pwrite", descriptor) ? -1 : REAL(pwrite64)(descriptor, bytes, count, offset);
}
int ftruncate(int descriptor, off_t length) {
    return fails_on("ftruncate", descriptor) ? -1 : REAL(ftruncate)(descriptor, length);
}
int ftruncate64(int descriptor, off64_t length) {
    return fails_on("ftruncate", descriptor) ? -1 : REAL(ftruncate64)(descriptor, length);
}
int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    return fails_on("fallocate", descriptor) ? -1 : REAL(fallocate)(descriptor, mode, offset, length);
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    return fails_on("posix_fallocate", descriptor) ? number : REAL(posix_fallocate)(descriptor, offset, length);
}
int rename(const char *old, const char *new) { return fails("rename", new) ? -1 : REAL(rename)(old, new); }
int unlink(const char *path) { return fails("unlink", path) ? -1 : REAL(unlink)(path); }
int fsync(int descriptor) {
    if (is_lost(descriptor)) return 0;
    return fails_on("fsync", descriptor) ? -1 : REAL(fsync)(descriptor);
}
int fdatasync(int descriptor) {
    if (is_lost(descriptor)) return 0;
    return fails_on("fdatasync", descriptor) ? -1 : REAL(fdatasync)(descriptor);
}
