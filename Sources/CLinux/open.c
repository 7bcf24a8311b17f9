#undef _FORTIFY_SOURCE
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

static int is_state_of_thread(const char *path) {
    static const char prefix[] = "/proc/";
    if (strncmp(path, prefix, sizeof prefix - 1) != 0) return 0;
    const char *number = path + sizeof prefix - 1;
    size_t digits = strspn(number, "0123456789");
    return digits > 0 && strcmp(number + digits, "/stat") == 0;
}

// Stands before the C library's `open(2)`, for one caller.
//
// While work waits for one of libdispatch's threads, libdispatch looks once a second which of them run, and reads
// `/proc/…/stat` of each. Where it cannot open that, because the process or the system has no descriptor left, it
// ends the process by a trap that says nothing: Swift's tasks run on these threads, so that would end any program in
// Swift. What it cannot read, however, it takes for a thread that does not run. So it gets a number that is no
// descriptor instead of an error. All other files, and all other errors, are as ever.
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
    return is_exhausted && is_state_of_thread(path) ? INT_MAX : file;
}
