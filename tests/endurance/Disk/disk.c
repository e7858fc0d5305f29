/*
 * Stands between the relay and the operating system (LD_PRELOAD): writes down what becomes of the files of one folder, lets one
 * write or sync fail, and shifts the wall clock. Everything that touches these files goes through one lock, so that the record
 * has the order in which it happened; a sync is written down when it has succeeded.
 *
 * DISK_FOLDER   the folder, with a slash at its end
 * DISK_CONTROL  a file of sizeof(struct control) bytes, shared with the test
 * DISK_RECORD   where to write the record, or unset. Each: op, then nanoseconds (CLOCK_MONOTONIC), inode, offset, length of the data, and the data
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Of the ledger's files, or of its main file alone. */
enum { WRITES = 1, SYNCS = 2, MAIN_WRITES = 3, MAIN_SYNCS = 4 };

struct control {
    int32_t fails;          /* one of these, or 0 */
    int32_t countdown;      /* 1: the next one */
    int32_t error;          /* errno */
    int32_t failed;         /* how many have failed */
    int32_t writes, syncs;  /* seen so far, of the ledger's files */
    int64_t clock;          /* nanoseconds that the wall clock is ahead */
};

static struct control *control;
static const char *folder;
static FILE *record;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off64_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
    real_open = dlsym(RTLD_NEXT, "open64");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    folder = getenv("DISK_FOLDER");
    int shared = real_open(getenv("DISK_CONTROL"), O_RDWR | O_CLOEXEC);
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    close(shared);
    if (getenv("DISK_RECORD"))
        record = fopen(getenv("DISK_RECORD"), "ae");
}

/* What is in the folder and survives the process: neither the lock nor the memory that SQLite shares. */
static int is_ours(const char *path)
{
    size_t length = strlen(path);
    return folder && strncmp(path, folder, strlen(folder)) == 0
        && !(length > 4 && strcmp(path + length - 4, "-shm") == 0) && strstr(path, "relay.lock") == NULL;
}

static int is_ours_open(int fd, char *path)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 1023);
    path[length < 0 ? 0 : length] = 0;
    return length > 0 && is_ours(path);
}

static int fails(int what, const char *path)
{
    if (strncmp(path + strlen(folder), "ledger.db", 9) != 0)
        return 0;
    *(what == WRITES ? &control->writes : &control->syncs) += 1;
    int is_meant = control->fails == what || (control->fails == what + 2 && strcmp(path + strlen(folder), "ledger.db") == 0);
    if (!is_meant || --control->countdown != 0)
        return 0;
    control->failed++;
    errno = control->error;
    return 1;
}

static uint64_t inode(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static void put(char op, uint64_t file, int64_t offset, const void *data, uint32_t length)
{
    if (!record)
        return;
    struct timespec now;
    real_clock(CLOCK_MONOTONIC, &now);
    int64_t time = now.tv_sec * 1000000000LL + now.tv_nsec;
    fwrite(&op, 1, 1, record);
    fwrite(&time, 8, 1, record);
    fwrite(&file, 8, 1, record);
    fwrite(&offset, 8, 1, record);
    fwrite(&length, 4, 1, record);
    fwrite(data, 1, length, record);
    fflush(record);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (!is_ours(path) || !(flags & (O_CREAT | O_TRUNC)))
        return real_open(path, flags, mode);
    pthread_mutex_lock(&gate);
    int existed = access(path, F_OK) == 0;
    int fd = real_open(path, flags, mode);
    int error = errno;
    if (fd >= 0 && !existed)
        put('C', inode(fd), 0, path, strlen(path));
    else if (fd >= 0 && flags & O_TRUNC)
        put('T', inode(fd), 0, "", 0);
    pthread_mutex_unlock(&gate);
    errno = error;
    return fd;
}

static ssize_t written(int fd, const char *path, const void *data, size_t length, off64_t offset, int positioned)
{
    pthread_mutex_lock(&gate);
    off64_t at = positioned ? offset : lseek(fd, 0, SEEK_CUR);
    ssize_t done = fails(WRITES, path) ? -1 : positioned ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
    int error = errno;
    if (done > 0)
        put('W', inode(fd), at, data, done);
    pthread_mutex_unlock(&gate);
    errno = error;
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    char path[1024];
    return is_ours_open(fd, path) ? written(fd, path, data, length, offset, 1) : real_pwrite(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length)
{
    char path[1024];
    return real_write && folder && is_ours_open(fd, path) ? written(fd, path, data, length, 0, 0) : real_write(fd, data, length);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    char path[1024];
    if (is_ours_open(fd, path))
        abort(); /* nobody does so far */
    return real_pwritev(fd, parts, count, offset);
}

static int synced(int fd, int (*sync)(int))
{
    char path[1024];
    if (!is_ours_open(fd, path)) {
        size_t length = strlen(path);
        if (!folder || length + 1 != strlen(folder) || strncmp(path, folder, length) != 0)
            return sync(fd);
        pthread_mutex_lock(&gate);
        int done = sync(fd);
        if (done == 0)
            put('D', 0, 0, "", 0);
        pthread_mutex_unlock(&gate);
        return done;
    }
    pthread_mutex_lock(&gate);
    int done = fails(SYNCS, path) ? -1 : sync(fd);
    int error = errno;
    if (done == 0)
        put('S', inode(fd), 0, "", 0);
    pthread_mutex_unlock(&gate);
    errno = error;
    return done;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int ftruncate64(int fd, off64_t length)
{
    char path[1024];
    if (!is_ours_open(fd, path))
        return real_ftruncate(fd, length);
    pthread_mutex_lock(&gate);
    int done = fails(WRITES, path) ? -1 : real_ftruncate(fd, length);
    int error = errno;
    if (done == 0)
        put('T', inode(fd), length, "", 0);
    pthread_mutex_unlock(&gate);
    errno = error;
    return done;
}

int rename(const char *from, const char *to)
{
    if (!is_ours(from))
        return real_rename(from, to);
    char both[2048];
    int length = snprintf(both, sizeof both, "%s\n%s", from, to);
    pthread_mutex_lock(&gate);
    int done = real_rename(from, to);
    int error = errno;
    if (done == 0)
        put('R', 0, 0, both, length);
    pthread_mutex_unlock(&gate);
    errno = error;
    return done;
}

int unlink(const char *path)
{
    if (!is_ours(path))
        return real_unlink(path);
    pthread_mutex_lock(&gate);
    int done = real_unlink(path);
    int error = errno;
    if (done == 0)
        put('U', 0, 0, path, strlen(path));
    pthread_mutex_unlock(&gate);
    errno = error;
    return done;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!real_clock)
        real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real_clock(clock, time);
    if (done == 0 && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t all = time->tv_sec * 1000000000LL + time->tv_nsec + control->clock;
        time->tv_sec = all / 1000000000LL;
        time->tv_nsec = all % 1000000000LL;
    }
    return done;
}
