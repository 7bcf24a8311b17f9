#pragma once
#include <stdbool.h>

/// Hashes a password with bcrypt by the prefix, cost and salt of a setting, and leaves nothing of it in memory.
///
/// The state of `crypt_r(3)` is 32 KiB that holds the key: C allocates it and wipes it (`explicit_bzero(3)`), which the
/// compiler may not leave out, and which Swift has no call for. A setting that is not bcrypt's is refused, since
/// `crypt_r` takes every other method's as well.
///
/// @param password Ends in a NUL; bcrypt uses its first 72 bytes.
/// @param setting The first 29 bytes of a hash, or a whole one, ending in a NUL.
/// @param hash Gets 60 bytes and a NUL.
/// @return Whether there is a hash; false where libcrypt knows no bcrypt, or there is no memory.
bool ccrypt_bcrypt(const char *_Nonnull password, const char *_Nonnull setting, char hash[_Nonnull 61]);
