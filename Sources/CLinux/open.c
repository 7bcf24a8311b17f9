#undef _FORTIFY_SOURCE
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

static int is_thread_stat(const char *path) {
    static const char prefix[] = "/proc/";
    if (strncmp(path, prefix, sizeof prefix - 1) != 0) return 0;
    const char *number = path + sizeof prefix - 1;
    size_t digits = strspn(number, "0123456789");
    return digits > 0 && strcmp(number + digits, "/stat") == 0;
}

// Replaces the C library's `open(2)` in this process, because libdispatch traps if it has no descriptor left.
//
// While work is queued, libdispatch counts its running threads once a second. It opens `/proc/.../stat` of each thread.
// If the process or the system has no free descriptor, libdispatch stops the process with a trap and no message.
// Swift's tasks run on these threads, so this would end any Swift program.
//
// libdispatch accepts a file that it cannot read, and counts its thread as not running. For these files only, this
// function therefore returns a number that is not a descriptor. All other files and errors are unchanged.
//
// Source: swift-corelibs-libdispatch, `_dispatch_workq_count_runnable_workers` in `src/event/workqueue.c`.
int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    int file = openat(AT_FDCWD, path, flags, mode);
    int is_exhausted = file == -1 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM);
    return is_exhausted && is_thread_stat(path) ? INT_MAX : file;
}
