#pragma once
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// Accepts a connection with flags. `accept4(2)` needs `_GNU_SOURCE`, which a header that Swift imports must not set.
int clinux_accept4(int fd, struct sockaddr *_Nullable address, socklen_t *_Nullable length, int flags);

/// Tells whether a descriptor is open: 0 or more where it is. `fcntl(2)` is variadic, which Swift cannot call.
int clinux_get_flags(int fd);

/// Makes a descriptor not block, and close where the process becomes another program; -1 with `errno` where it cannot.
int clinux_keep_to_this_process(int fd);

/// Names the calling thread, at most 15 bytes. `prctl(2)` is variadic, which Swift cannot call.
void clinux_set_thread_name(const char *_Nonnull name);
