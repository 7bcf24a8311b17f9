#pragma once
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// Accepts a connection with flags.
///
/// `accept4(2)` needs `_GNU_SOURCE`, which a header that Swift imports must not define. Nor may it include
/// `<sys/socket.h>`: Swift then finds the members of `sockaddr` in this module or in Glibc, by chance.
int clinux_accept4(int fd, void *_Nullable address, unsigned *_Nullable length, int flags);

/// Returns the flags of a descriptor, or -1 if it is not open.
///
/// `fcntl(2)` is variadic. Swift cannot call variadic functions.
int clinux_get_flags(int fd);

/// Makes a descriptor non-blocking, and sets its close-on-exec flag.
///
/// @return 0, or -1 with `errno`.
int clinux_set_nonblocking_cloexec(int fd);

/// Sets the name of the calling thread, at most 15 bytes.
///
/// `prctl(2)` is variadic. Swift cannot call variadic functions.
void clinux_set_thread_name(const char *_Nonnull name);
