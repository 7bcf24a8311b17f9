// Reports the slow paths of Swift's Synchronization.Mutex to ThreadSanitizer.
//
// The fast paths are compiled into the programs and instrumented with them. A contended lock calls libswiftSynchronization,
// which is not instrumented, and the kernel changes the lock's word (FUTEX_LOCK_PI, FUTEX_UNLOCK_PI). ThreadSanitizer then
// misses the acquisition and reports races on the protected data. This library is loaded first (LD_PRELOAD). It calls the
// original functions and reports the acquire and release edges. It adds only edges that exist, so it hides no race.

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
