// Tells ThreadSanitizer of the slow paths of Swift's Synchronization.Mutex.
//
// Its fast paths are compiled into the programs that use it, and instrumented with them. Where a lock is contended, it calls
// into libswiftSynchronization, which is not instrumented, and the kernel changes the lock's word (FUTEX_LOCK_PI,
// FUTEX_UNLOCK_PI): ThreadSanitizer sees a lock that nobody took, and reports what it protects. This library stands before
// that one (LD_PRELOAD), calls it, and says what has happened. It hides no report: it adds the two edges that are there.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Defined by ThreadSanitizer's runtime; absent in the tools that the tests start.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void lock_slow_function(uint32_t thread, SELF void *word);
typedef SWIFT void unlock_slow_function(SELF void *word);

// Synchronization._MutexHandle._lockSlow(UInt32) -> ()
SWIFT void lock_slow(uint32_t thread, SELF void *word) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
// Synchronization._MutexHandle._unlockSlow() -> ()
SWIFT void unlock_slow(SELF void *word) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lock_slow(uint32_t thread, SELF void *word) {
    lock_slow_function *real =
        (lock_slow_function *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    real(thread, word);
    if (__tsan_acquire) __tsan_acquire(word);
}

SWIFT void unlock_slow(SELF void *word) {
    unlock_slow_function *real =
        (unlock_slow_function *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(word);
    real(word);
}
