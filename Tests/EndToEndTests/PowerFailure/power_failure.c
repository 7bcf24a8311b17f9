// SPDX-License-Identifier: Apache-2.0
// Preloaded library: records what a disk contains after a power failure.
//
// A power failure may discard everything that was written to a file after its last fsync or fdatasync, and every name
// that was added after the last fsync of the directory. For each file of the directory POWER_FAILURE_OF, the directory
// POWER_FAILURE_RECORD contains the bytes at the last such call, under the inode's number. Its file "names" contains the
// inode numbers and names at the last fsync of the directory.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int copy(int from, int to) {
    char buffer[65536];
    off_t offset = 0;
    for (;;) {
        ssize_t count = pread(from, buffer, sizeof buffer, offset);
        if (count <= 0) return count == 0;
        if (write(to, buffer, count) != count) return 0;
        offset += count;
    }
}

static int list(const char *directory, int to) {
    DIR *names = opendir(directory);
    if (!names) return 0;
    for (struct dirent *name; (name = readdir(names));)
        if (name->d_type == DT_REG) dprintf(to, "%lu %s\n", (unsigned long)name->d_ino, name->d_name);
    closedir(names);
    return 1;
}

// Returns 0 if the record cannot be written, for example because the disk is full.
static int record(int file) {
    const char *of = getenv("POWER_FAILURE_OF"), *in = getenv("POWER_FAILURE_RECORD");
    char link[64], path[PATH_MAX], unfinished[PATH_MAX + 32], finished[PATH_MAX + 32];
    struct stat status;
    if (!of || !in || fstat(file, &status) != 0) return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 1;
    path[length] = 0;
    if (strncmp(path, of, strlen(of)) != 0) return 1;
    snprintf(unfinished, sizeof unfinished, "%s/unfinished", in);
    if (S_ISDIR(status.st_mode))
        snprintf(finished, sizeof finished, "%s/names", in);
    else
        snprintf(finished, sizeof finished, "%s/%lu", in, (unsigned long)status.st_ino);
    int to = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0) return 0;
    int complete = S_ISDIR(status.st_mode) ? list(of, to) : copy(file, to);
    // A process that is killed here leaves the former record.
    complete = close(to) == 0 && complete && rename(unfinished, finished) == 0;
    return complete;
}

static int synchronize(long number, int file) {
    if (syscall(number, file) != 0) return -1;
    if (record(file)) return 0;
    errno = EIO;
    return -1;
}

int fsync(int file) { return synchronize(SYS_fsync, file); }

int fdatasync(int file) { return synchronize(SYS_fdatasync, file); }
