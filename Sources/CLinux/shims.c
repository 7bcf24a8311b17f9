#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

int clinux_accept4(int fd, void *address, unsigned *length, int flags) {
    return accept4(fd, address, length, flags);
}

int clinux_get_flags(int fd) {
    return fcntl(fd, F_GETFD);
}

int clinux_set_nonblocking_cloexec(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1) return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void clinux_set_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
