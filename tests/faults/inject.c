/* Make writing fail, on request, below one folder. Loaded by LD_PRELOAD; asleep until inject_begin() is called.

   INJECT_ROOT    the folder; everything else is left alone
   INJECT_LIST    file (outside that folder) that takes a line for each operation: its name, a tab, the path
   INJECT_AT      the operation that fails, from 1; 0 only lists
   INJECT_ERRNO   how: 28 full disk, 5 I/O error, 30 read-only file system, 13 permission; below 0, the process gets
                  that signal instead and the operation, if it lives to do it, goes on
   INJECT_STAYS   1: and so does every later one */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static size_t root_length;
static int list = -1, fault, stays, hit;
static long at, count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(result, name, ...)                                                                                        \
    static result (*real_##name)(__VA_ARGS__);                                                                         \
    if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static ssize_t put(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    return real_write(fd, bytes, size);
}

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

void inject_begin(void) {
    const char *folder = getenv("INJECT_ROOT"), *file = getenv("INJECT_LIST");
    if (!folder || !file) return;
    list = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    at = number("INJECT_AT"), fault = (int)number("INJECT_ERRNO"), stays = (int)number("INJECT_STAYS");
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
}

/* Tell whether this operation must fail; errno is then set. */
static int fails(const char *operation, const char *path) {
    if (!root_length || strncmp(path, root, root_length) != 0 || (path[root_length] && path[root_length] != '/'))
        return 0;
    int before = errno;
    char line[PATH_MAX + 64];
    pthread_mutex_lock(&lock);
    count++;
    int now = at && (count == at || (stays && count > at));
    if (now) hit = 1;
    int size = snprintf(line, sizeof line, "%s%s\t%s\n", now ? "!" : "", operation, path + root_length);
    put(list, line, (size_t)size);
    pthread_mutex_unlock(&lock);
    errno = before;
    if (now && fault < 0) {
        if (count == at) kill(getpid(), -fault);
        return 0;
    }
    if (now) errno = fault;
    return now;
}

static const char *place(int folder, const char *path, char *whole) {
    char start[PATH_MAX] = "";
    if (path[0] == '/') return path;
    if (folder == AT_FDCWD) {
        if (!getcwd(start, sizeof start)) return path;
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t size = readlink(link, start, sizeof start - 1);
        if (size < 0) return path;
        start[size] = 0;
    }
    snprintf(whole, PATH_MAX, "%s/%s", start, path);
    return whole;
}

static int fd_fails(const char *operation, int fd) {
    if (!root_length) return 0;
    char path[PATH_MAX];
    int before = errno;
    const char *found = NULL;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size > 0) path[size] = 0, found = path;
    errno = before;
    return found ? fails(operation, found) : 0;
}

static int path_fails(const char *operation, int folder, const char *path) {
    if (!root_length || !path) return 0;
    char whole[PATH_MAX];
    return fails(operation, place(folder, path, whole));
}

#define OPENS(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(int, name, const char *, int, ...);                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;                                      \
        va_end(rest);                                                                                                  \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && path_fails("open", AT_FDCWD, path)) return -1;                  \
        return real_##name(path, flags, mode);                                                                         \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                                                 \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        REAL(int, name, int, const char *, int, ...);                                                                  \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;                                      \
        va_end(rest);                                                                                                  \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && path_fails("open", folder, path)) return -1;                    \
        return real_##name(folder, path, flags, mode);                                                                 \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

#define FOPENS(name)                                                                                                   \
    FILE *name(const char *path, const char *mode) {                                                                   \
        REAL(FILE *, name, const char *, const char *);                                                                \
        if (strpbrk(mode, "wa+") && path_fails("open", AT_FDCWD, path)) return NULL;                                   \
        return real_##name(path, mode);                                                                                \
    }
FOPENS(fopen)
FOPENS(fopen64)

size_t fwrite(const void *bytes, size_t size, size_t items, FILE *file) {
    REAL(size_t, fwrite, const void *, size_t, size_t, FILE *);
    if (fd_fails("fwrite", fileno(file))) return 0;
    return real_fwrite(bytes, size, items, file);
}

#define ON_FD(result, name, failed, types, ...)                                                                        \
    result name types {                                                                                                \
        static result(*real) types;                                                                                    \
        if (!real) real = (result(*) types)dlsym(RTLD_NEXT, #name);                                                    \
        if (fd_fails(#name, fd)) return failed;                                                                        \
        return real(__VA_ARGS__);                                                                                      \
    }
ON_FD(ssize_t, write, -1, (int fd, const void *bytes, size_t size), fd, bytes, size)
ON_FD(ssize_t, pwrite, -1, (int fd, const void *bytes, size_t size, off_t start), fd, bytes, size, start)
ON_FD(ssize_t, pwrite64, -1, (int fd, const void *bytes, size_t size, off64_t start), fd, bytes, size, start)
ON_FD(ssize_t, writev, -1, (int fd, const struct iovec *parts, int number), fd, parts, number)
ON_FD(ssize_t, sendfile, -1, (int fd, int from, off_t *start, size_t size), fd, from, start, size)
ON_FD(ssize_t, sendfile64, -1, (int fd, int from, off64_t *start, size_t size), fd, from, start, size)
ON_FD(int, ftruncate, -1, (int fd, off_t size), fd, size)
ON_FD(int, ftruncate64, -1, (int fd, off64_t size), fd, size)
ON_FD(int, posix_fallocate, fault, (int fd, off_t start, off_t size), fd, start, size)
ON_FD(int, posix_fallocate64, fault, (int fd, off64_t start, off64_t size), fd, start, size)

// The disk is not waited for: these tests end processes, not machines, and what a process wrote outlives it.
#define SYNCS(name)                                                                                                    \
    int name(int fd) {                                                                                                 \
        return fd_fails(#name, fd) ? -1 : 0;                                                                           \
    }
SYNCS(fsync)
SYNCS(fdatasync)

#define ON_PATH(name, word, folder, path, types, ...)                                                                  \
    int name types {                                                                                                   \
        static int(*real) types;                                                                                       \
        if (!real) real = (int(*) types)dlsym(RTLD_NEXT, #name);                                                       \
        if (path_fails(word, folder, path)) return -1;                                                                 \
        return real(__VA_ARGS__);                                                                                      \
    }
ON_PATH(rename, "rename", AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_PATH(renameat, "rename", there, to, (int here, const char *from, int there, const char *to), here, from, there, to)
ON_PATH(link, "link", AT_FDCWD, to, (const char *from, const char *to), from, to)
ON_PATH(linkat, "link", there, to, (int here, const char *from, int there, const char *to, int flags), here, from, there, to, flags)
ON_PATH(symlink, "symlink", AT_FDCWD, to, (const char *target, const char *to), target, to)
ON_PATH(symlinkat, "symlink", folder, to, (const char *target, int folder, const char *to), target, folder, to)
ON_PATH(mkdir, "mkdir", AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
ON_PATH(mkdirat, "mkdir", folder, path, (int folder, const char *path, mode_t mode), folder, path, mode)

/* A disk that has filled says so when it is asked. */
#define ASKS(name, type)                                                                                               \
    int name(const char *path, struct type *told) {                                                                    \
        REAL(int, name, const char *, struct type *);                                                                  \
        int result = real_##name(path, told);                                                                          \
        if (result == 0 && hit && stays && fault == ENOSPC) told->f_bfree = told->f_bavail = 0;                        \
        return result;                                                                                                 \
    }
ASKS(statvfs, statvfs)
ASKS(statvfs64, statvfs64)
