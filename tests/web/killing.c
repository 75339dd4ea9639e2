/* Counts the steps that a process makes on the files below a folder, and ends it with SIGKILL before one of them.
 *
 * Loaded with LD_PRELOAD. A step is a write, a flush, or a change of a folder. `kill_begin(at, torn, under, log)` starts the
 * count in the process that calls it; with `torn` a write is made by half before the end. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long at, steps;
static int torn, log_to = -1;
static pid_t armed;
static char under[PATH_MAX];

void kill_begin(long which, int by_half, const char *folder, const char *log) {
    at = which;
    torn = by_half;
    steps = 0;
    snprintf(under, sizeof under, "%s", folder);
    log_to = *log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    armed = getpid();
}

static int step(const char *op, const char *path) {
    if (!armed || getpid() != armed || strncmp(path, under, strlen(under))) return 0;
    long now = __sync_add_and_fetch(&steps, 1);
    if (log_to >= 0) {
        char line[PATH_MAX + 32];
        int size = snprintf(line, sizeof line, "%s %s\n", op, path + strlen(under));
        syscall(SYS_write, log_to, line, size);
    }
    return now == at;
}

static void end(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }

static int step_of(const char *op, int fd) {
    if (!armed || fd == log_to) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return step(op, path);
}

static void before_at(const char *op, int fd, const char *path) {
    if (!armed) return;
    char whole[2 * PATH_MAX], folder[PATH_MAX] = "", link[64];
    if (*path != '/') {
        snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
        ssize_t size = readlink(link, folder, sizeof folder - 2);
        if (size < 0) return;
        folder[size] = '/';
        folder[size + 1] = 0;
    }
    snprintf(whole, sizeof whole, "%s%s", folder, path);
    if (step(op, whole)) end();
}

ssize_t write(int fd, const void *from, size_t size) {
    if (step_of("write", fd)) { if (torn) syscall(SYS_write, fd, from, size / 2); end(); }
    return syscall(SYS_write, fd, from, size);
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t where) {
    if (step_of("write", fd)) { if (torn) syscall(SYS_pwrite64, fd, from, size / 2, where); end(); }
    return syscall(SYS_pwrite64, fd, from, size, where);
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t where) { return pwrite64(fd, from, size, where); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (step_of("write", fd)) { if (torn && count) syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len / 2); end(); }
    return syscall(SYS_writev, fd, parts, count);
}
ssize_t sendfile64(int to, int from, off64_t *where, size_t size) {
    if (step_of("write", to)) { if (torn) syscall(SYS_sendfile, to, from, where, size / 2); end(); }
    return syscall(SYS_sendfile, to, from, where, size);
}
ssize_t sendfile(int to, int from, off_t *where, size_t size) { return sendfile64(to, from, where, size); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags) {
    if (step_of("write", to)) end();
    return syscall(SYS_copy_file_range, from, a, to, b, size, flags);
}
int ftruncate64(int fd, off64_t size) { if (step_of("cut", fd)) end(); return syscall(SYS_ftruncate, fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int fsync(int fd) { if (step_of("flush", fd)) end(); return syscall(SYS_fsync, fd); }
int fdatasync(int fd) { if (step_of("flush", fd)) end(); return syscall(SYS_fdatasync, fd); }
int renameat(int a, const char *from, int b, const char *to) { before_at("rename", b, to); return syscall(SYS_renameat2, a, from, b, to, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    before_at("rename", b, to);
    return syscall(SYS_renameat2, a, from, b, to, flags);
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) { before_at("rename", b, to); return syscall(SYS_linkat, a, from, b, to, flags); }
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlinkat(int fd, const char *path, int flags) { before_at("remove", fd, path); return syscall(SYS_unlinkat, fd, path, flags); }
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int mkdirat(int fd, const char *path, mode_t mode) { before_at("make", fd, path); return syscall(SYS_mkdirat, fd, path, mode); }
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
