#pragma once
#include <stdbool.h>

/// Hashes a password with bcrypt, and wipes every copy of it that it makes.
///
/// The setting holds the prefix, the cost and the salt. Settings of other methods are rejected, because `crypt_r(3)`
/// accepts all of them.
///
/// The state of `crypt_r(3)` is 32 KiB that contain the key. This function is in C because Swift cannot call
/// `explicit_bzero(3)`, which the compiler never removes.
///
/// @param password The password, which ends in a NUL. bcrypt uses its first 72 bytes.
/// @param setting The first 29 bytes of a hash, or a complete hash, which ends in a NUL.
/// @param hash Receives 60 bytes and a NUL.
/// @return Whether the password was hashed. The function fails if libcrypt lacks bcrypt or no memory is left.
bool ccrypt_bcrypt(const char *_Nonnull password, const char *_Nonnull setting, char hash[_Nonnull 61]);
